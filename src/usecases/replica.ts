import { bundleId } from '../certificates/bundle-step.js';
import { certificateSteps } from '../certificates/steps.js';
import { nodesTrustId } from '../certificates/nodes-step.js';
import { issuerId, issuerName } from '../certificates/issuer-step.js';
import type { Environment } from '../environment/environment.js';
import { podNetworkRelease } from '../environment/pod-network.js';
import { isManifest } from '../environment/settings.js';
import { imageSteps } from '../images/image-steps.js';
import { clusterDnsStep } from '../local/names/cluster-dns.js';
import { hostsOf } from '../local/names/served-names.js';
import { networkManifestStep } from '../local/network/manifest-step.js';
import { networkPolicyStep } from '../local/network/policy-step.js';
import { nodesStepId } from '../local/registry/nodes-step.js';
import { registryId, registrySteps } from '../local/registry/steps.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { gateId } from '../releases/gates/gates.js';
import type { Edge } from '../releases/contents/contents.js';
import type { LeftOut } from '../releases/graph/selection.js';
import { releaseId } from '../releases/release-step.js';
import type { Assembly } from './assemble.js';
import type { ImageParts } from './images-parts.js';
import type { RunIdentity } from './run-steps.js';

export interface ReplicaOptions {
  readonly environment: Environment;
  readonly assembly: Pick<Assembly, 'provider' | 'view' | 'engine' | 'network'>;
  /** Absent where no container runs. */
  readonly imageParts: ImageParts | undefined;
  readonly leftOut: LeftOut;
  readonly identity: Pick<RunIdentity, 'ensureOwned'>;
  readonly ports: Ports;
}

/** Ids of the steps before which no node can pull an image. */
const pullNeeds = [nodesStepId, nodesTrustId];

/** Everything between a bare cluster and its releases that a cloud would bring: registry, network, trust, names. */
export function replicaSteps(options: ReplicaOptions, releases: readonly Step[]): Step[] {
  const { environment, assembly, imageParts, leftOut, ports } = options;
  const { provider, view, engine, network } = assembly;
  const { clock, processes, paths, variables, events } = ports;
  const { ensureOwned } = options.identity;
  const { name, local } = environment;
  const { machines } = provider;
  const common = { environment: name, provider, view, clock, ensureOwned };
  const issuerNeeds = ['crds', 'webhook'].map((facet) => `gate/cert-manager/${facet}`);
  const ids = releases.map(({ id }) => id);
  const certificates = certificateSteps({
    ...{ environment, provider, view, clock, paths, leftOut, ensureOwned },
    needs: {
      issuer: ['cluster', 'record', ...[...issuerNeeds, releaseId('cert-manager')].filter((id) => ids.includes(id))],
      bundle: ['cluster', 'record', ...ids.filter((id) => id.startsWith('namespace/'))],
    },
  });
  // Where no container runs, nothing reads it.
  if (provider.simulation) return certificates.filter(({ id }) => id !== bundleId);
  if (!machines || !imageParts) return certificates;
  return [
    ...registrySteps({ ...common, settings: local, engine, processes, variables }),
    ...certificates,
    ...imageSteps({
      ...{ ...imageParts, clock, environment: name, provider, needs: [registryId] },
      names: wantedImages(environment, leftOut),
    }),
    ...(isManifest(local.cni)
      ? [
          networkManifestStep({
            ...common,
            manifest: local.cni,
            network,
            needs: ['cluster', 'record', ...pullNeeds],
          }),
        ]
      : []),
    networkPolicyStep({
      ...{ ...common, cni: local.cni, machines },
      needs: ['record', 'nodes', ...pullNeeds],
      warn: (message) => {
        events.emit({ type: 'notice', level: 'warning', message });
      },
    }),
    clusterDnsStep({
      ...common,
      names: hostsOf(environment),
      target: ingressAddress(environment),
      needs: ['record', 'nodes'],
    }),
  ];
}

// Those that nobody runs are built, too: somebody wrote them down. Those of releases that are left out are not.
function wantedImages({ images, releases }: Environment, leftOut: LeftOut): string[] {
  return Object.keys(images).filter((image) => {
    const users = releases.filter((release) => release.image === image);
    return users.length === 0 || users.some(({ name }) => leftOut(name) === undefined);
  });
}

/** Ids of the steps that bring the pod network, before which no node gets ready. */
export function networkIds({ local, releases }: Environment, leftOut: LeftOut): string[] {
  if (isManifest(local.cni)) return ['network'];
  const isCalico = local.cni === podNetworkRelease && releases.some(({ name }) => name === podNetworkRelease);
  return isCalico && leftOut(podNetworkRelease) === undefined ? [gateId(podNetworkRelease, 'ready')] : [];
}

/** Ids of the steps before which a release's pods cannot start. */
export function podNeeds(release: string): string[] {
  return release === podNetworkRelease ? pullNeeds : ['nodes', ...pullNeeds];
}

/** Where the pod network is a release, every other one waits for it. */
export function networkEdges({ local, releases }: Environment): Edge[] {
  const names = releases.map(({ name }) => name);
  if (local.cni !== podNetworkRelease || !names.includes(podNetworkRelease)) return [];
  return names
    .filter((name) => name !== podNetworkRelease)
    .map((from) => ({
      from,
      to: podNetworkRelease,
      facet: 'ready' as const,
      derived: 'its pods need the pod network',
    }));
}

/** Whoever waits for the issuer of our authority waits for the step that makes it. */
export function withIssuer(steps: readonly Step[]): Step[] {
  const gate = gateId('cert-manager', `issuer/${issuerName}`);
  const isMade = steps.some(({ id }) => id === issuerId);
  return steps.map((step) => (step.id === gate && isMade ? { ...step, needs: [...step.needs, issuerId] } : step));
}

// Every catalogue entry and our own chart use the class traefik.
function ingressAddress({ releases }: Environment): string {
  const namespace = releases.find(({ name }) => name === 'traefik')?.namespace ?? 'traefik';
  return `traefik.${namespace}.svc.cluster.local`;
}
