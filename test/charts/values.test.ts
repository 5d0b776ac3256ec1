import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import { catalogueNames, readCatalogueEntry } from '../../src/releases/catalogue.js';
import { helm, type Manifest, only, rendered, serviceChart, skipWithoutHelm } from './helm.js';

interface OwnRelease {
  readonly release: string;
  readonly namespace: string;
  readonly chart: string;
  /** Its files for one target, from the weakest to the strongest. */
  readonly files: readonly string[];
}

async function ownReleases(target: 'local' | 'aws'): Promise<OwnRelease[]> {
  const found: OwnRelease[] = [];
  for (const release of await catalogueNames()) {
    const entry = await readCatalogueEntry(release);
    if (!entry || !('bundled' in entry.chart)) continue;
    const folder = asset('helm-values', release);
    const present = await readdir(folder);
    const files = ['values.yaml', `${target}.yaml`].filter((file) => present.includes(file));
    found.push({
      ...{ release, namespace: entry.namespace, chart: asset('assets', 'charts', entry.chart.bundled) },
      files: files.map((file) => join(folder, file)),
    });
  }
  return found;
}

const valuesOf = ({ files }: OwnRelease) => files.flatMap((file) => ['--values', file]);
const servicesOf = async (target: 'local' | 'aws') =>
  (await ownReleases(target)).filter(({ chart }) => chart === serviceChart);

describe.each(['local', 'aws'] as const)('values of our own releases on %s', (target) => {
  beforeEach(skipWithoutHelm);

  it('are those of every service there is', async () => {
    const services = await servicesOf(target);
    expect(services.map(({ release }) => release).sort()).toEqual([
      ...['api', 'auth', 'images', 'inbox', 'postgres', 'postgres-exporter', 'reaper', 'webportal'],
    ]);
  });

  it('are accepted by the schema of their chart and by a strict lint', async () => {
    for (const own of await ownReleases(target)) {
      const args = ['lint', '--strict', own.chart, '--namespace', own.namespace, ...valuesOf(own)];
      const { stdout, stderr, exitCode } = await helm(args);
      expect(exitCode, `${own.release}: ${stdout}${stderr}`).toBe(0);
    }
  });
});

describe.each(['local', 'aws'] as const)('traffic of our own services on %s', (target) => {
  beforeEach(skipWithoutHelm);

  it('is allowed for these pairs and no other', async () => {
    const { incoming, outgoing, resolving } = await trafficOf(await servicesOf(target));
    expect([...incoming].sort()).toEqual([
      'app-services/api → app-services/auth',
      'app-services/api → app-services/images',
      'app-services/auth → app-services/postgres',
      'app-services/postgres-exporter → app-services/postgres',
      'frontend-service/webportal → app-services/api',
      'monitoring/alertmanager → monitoring/inbox',
      'monitoring/prometheus → app-services/api',
      'monitoring/prometheus → app-services/auth',
      'monitoring/prometheus → app-services/images',
      'monitoring/prometheus → app-services/postgres-exporter',
      'monitoring/prometheus → frontend-service/webportal',
      'monitoring/prometheus → monitoring/inbox',
      'monitoring/prometheus → platform-system/reaper',
      'traefik/traefik → app-services/images',
      'traefik/traefik → frontend-service/webportal',
      ...(target === 'local' ? ['traefik/traefik → monitoring/inbox'] : []),
    ]);
    // Who comes from a pod of ours must be let out there as well.
    expect([...outgoing].sort()).toEqual(
      [
        ...[...incoming].filter((pair) => !/^(monitoring|traefik)\//.test(pair)),
        // The API server's.
        'platform-system/reaper → 0.0.0.0/0',
      ].sort(),
    );
    expect([...resolving].sort()).toEqual([
      'app-services/api',
      'app-services/auth',
      'app-services/postgres-exporter',
      'frontend-service/webportal',
    ]);
  });

  it('reaches the port that the other side listens on', async () => {
    const services = await servicesOf(target);
    const ports = new Map<string, readonly ContainerPort[]>();
    const wanted: [pair: string, callee: string, port: number][] = [];
    for (const own of services) {
      const objects = await renderedRelease(own);
      const workload = objects.find(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
      const [container] = (workload?.['spec'] as Workload).template.spec.containers;
      ports.set(`${own.namespace}/${own.release}`, container?.ports ?? []);
      for (const { to, ports = [] } of policyOf(objects).egress ?? []) {
        for (const callee of to
          .filter(isPod)
          .map(nameOf)
          .filter((name) => name !== nameServer)) {
          for (const { port } of ports) wanted.push([`${own.release} → ${callee}`, callee, Number(port)]);
        }
      }
    }
    expect(wanted.length).toBeGreaterThan(0);
    for (const [pair, callee, port] of wanted) {
      expect(
        ports.get(callee)?.map(({ containerPort }) => containerPort),
        pair,
      ).toContain(port);
    }
  });
});

async function trafficOf(services: readonly OwnRelease[]) {
  const incoming = new Set<string>();
  const outgoing = new Set<string>();
  const resolving = new Set<string>();
  for (const own of services) {
    const { ingress = [], egress = [] } = policyOf(await renderedRelease(own));
    const self = `${own.namespace}/${own.release}`;
    for (const peer of ingress.flatMap(({ from }) => from)) incoming.add(`${nameOf(peer)} → ${self}`);
    for (const callee of egress.flatMap(({ to }) => to).map(nameOf)) {
      if (callee === nameServer) resolving.add(self);
      else outgoing.add(`${self} → ${callee}`);
    }
  }
  return { incoming, outgoing, resolving };
}

const renderedRelease = (own: OwnRelease) =>
  rendered(own.release, own.chart, { namespace: own.namespace, args: valuesOf(own) });

interface PodPeer {
  readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
}

type Peer = PodPeer | { readonly ipBlock: { readonly cidr: string } };

interface Policy {
  readonly ingress?: readonly { readonly from: readonly Peer[] }[];
  readonly egress?: readonly { readonly to: readonly Peer[]; readonly ports?: readonly { readonly port: unknown }[] }[];
}

interface ContainerPort {
  readonly containerPort: number;
}

interface Workload {
  readonly template: {
    readonly spec: { readonly containers: readonly { readonly ports?: readonly ContainerPort[] }[] };
  };
}

const nameServer = 'kube-system/kube-dns';

function policyOf(objects: readonly Manifest[]): Policy {
  return only(objects, 'NetworkPolicy')['spec'] as Policy;
}

function isPod(peer: Peer): peer is PodPeer {
  return 'podSelector' in peer;
}

function nameOf(peer: Peer): string {
  if (!isPod(peer)) return peer.ipBlock.cidr;
  const { namespaceSelector, podSelector } = peer;
  const namespace = namespaceSelector.matchLabels['kubernetes.io/metadata.name'] ?? '';
  const labels = podSelector.matchLabels;
  return `${namespace}/${labels['app.kubernetes.io/name'] ?? labels['k8s-app'] ?? ''}`;
}

describe('values files', () => {
  it('have a known name and are never empty', async () => {
    for (const release of await catalogueNames()) {
      for (const file of (await readdir(asset('helm-values', release))).filter((name) => name !== 'release.yaml')) {
        expect(['values.yaml', 'local.yaml', 'aws.yaml'], `${release}/${file}`).toContain(file);
        expect((await readFile(asset('helm-values', release, file), 'utf8')).trim(), `${release}/${file}`).not.toBe('');
      }
    }
  });
});
