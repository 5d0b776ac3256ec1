import { parse, stringify } from 'yaml';
import type { LocalSettings } from '../../environment/environment.js';
import { asset } from '../../paths.js';
import type { ServedPorts } from '../cluster.js';
import { refuseContradictions } from './contradictions.js';
import { minorOf, pinnedImage, versionInTag } from './node-image.js';
import { readConfiguration, type Configuration, type ConfiguredNode } from './user-configuration.js';

export interface Wanted {
  readonly local: LocalSettings;
  readonly ports: ServedPorts;
  /** Whether the engine's machine has cgroup v1. */
  readonly hasCgroupV1: boolean;
}

/** Says on which node the ports of this machine end. */
const ingressLabel = 'ingress-ready';

/**
 * The whole kind configuration of an environment: what we ship in `kind/cluster.yaml`, the user's own, and what the
 * environment says.
 * @throws PlatformError `usage` where the user's own says something else than the environment
 */
export function kindConfiguration({ local, ports, hasCgroupV1 }: Wanted): Configuration {
  const base = readConfiguration(asset('kind/cluster.yaml'));
  const own = local.kindConfig === undefined ? undefined : readConfiguration(local.kindConfig);
  if (own && local.kindConfig !== undefined) refuseContradictions({ file: local.kindConfig, own, local, ports });
  const nodes = withPorts(withImages(nodesOf(base, own, local.workers), local), ports);
  return {
    ...base,
    ...own,
    networking: {
      ...base.networking,
      ...own?.networking,
      podSubnet: local.subnets.pods,
      serviceSubnet: local.subnets.services,
      disableDefaultCNI: local.cni !== 'default',
    },
    nodes,
    // The last patch wins, and a user knows best.
    kubeadmConfigPatches: [
      ...withFeatureGates(base.kubeadmConfigPatches ?? [], own?.featureGates ?? {}),
      ...(hasCgroupV1 && nodes.some((node) => isAtLeast(node, local, 1, 35)) ? [cgroupPatch] : []),
      ...(own?.kubeadmConfigPatches ?? []),
    ],
    containerdConfigPatches: [
      ...(nodes.every((node) => isAtLeast(node, local, 1, 33)) ? [] : [registryPatch]),
      ...(own?.containerdConfigPatches ?? []),
    ],
  };
}

/** The images of all nodes, each once; what they are where nothing has to be made. */
export function imagesOf({ nodes = [] }: Pick<Configuration, 'nodes'>): string[] {
  return [...new Set(nodes.flatMap(({ image }) => image ?? []))];
}

// A kubelet of 1.35 and later ends at once on cgroup v1, unless it is told not to (KEP-5573).
const cgroupPatch = stringify({ kind: 'KubeletConfiguration', failCgroupV1: false });

// Node images from before kind 0.27 do not look into this folder for registries. They have containerd 1, whose
// configuration is of version 2: kind leaves the patch out anywhere else.
const registryPatch = [
  'version = 2',
  '[plugins."io.containerd.grpc.v1.cri".registry]',
  '  config_path = "/etc/containerd/certs.d"',
  '',
].join('\n');

/** The user's nodes, else ours, and as many workers more as the environment wants. */
function nodesOf(base: Configuration, own: Configuration | undefined, workers: number): ConfiguredNode[] {
  const given = own?.nodes ?? base.nodes ?? [];
  const missing = workers - given.filter(({ role }) => role === 'worker').length;
  const added = Array.from({ length: Math.max(0, missing) }, (): ConfiguredNode => ({ role: 'worker' }));
  return [...given, ...added];
}

function withImages(nodes: readonly ConfiguredNode[], local: LocalSettings): ConfiguredNode[] {
  const image = local.nodeImage ?? pinnedImage(local.kubernetes);
  return nodes.map((node) => (image === undefined ? node : { ...node, image: node.image ?? image }));
}

function withPorts(nodes: readonly ConfiguredNode[], ports: ServedPorts): ConfiguredNode[] {
  const labelled = nodes.findIndex(({ labels }) => labels?.[ingressLabel] === 'true');
  const chosen = labelled >= 0 ? labelled : nodes.findIndex(({ role }) => role === 'control-plane');
  return nodes.map((node, index) => {
    if (index !== chosen) return node;
    const mapped = node.extraPortMappings ?? [];
    const ours = [
      { containerPort: 80, hostPort: ports.http, listenAddress: '127.0.0.1' },
      { containerPort: 443, hostPort: ports.https, listenAddress: '127.0.0.1' },
    ].filter(({ hostPort }) => !mapped.some((theirs) => theirs.hostPort === hostPort));
    return {
      ...node,
      labels: { ...node.labels, [ingressLabel]: 'true' },
      extraPortMappings: [...mapped, ...ours],
    };
  });
}

/** Our patches with the feature gates that kind itself would have given: a list is replaced as a whole. */
function withFeatureGates(patches: readonly string[], gates: Readonly<Record<string, boolean>>): string[] {
  const value = Object.entries(gates)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([gate, isOn]) => `${gate}=${String(isOn)}`)
    .join(',');
  if (value === '') return [...patches];
  return patches.map((text) => {
    const patch = parse(text) as Readonly<Record<string, { readonly extraArgs?: unknown } | undefined>>;
    const completed = ['controllerManager', 'scheduler'].flatMap((component) => {
      const extraArgs = patch[component]?.extraArgs;
      return Array.isArray(extraArgs)
        ? [[component, { extraArgs: [...(extraArgs as unknown[]), { name: 'feature-gates', value }] }] as const]
        : [];
    });
    return completed.length === 0 ? text : stringify({ ...patch, ...Object.fromEntries(completed) });
  });
}

/** By the tag of its image; an image without a version in its tag is taken for what the environment wants. */
function isAtLeast({ image }: ConfiguredNode, local: LocalSettings, major: number, minor: number): boolean {
  const version = (image === undefined ? undefined : versionInTag(image)) ?? local.kubernetes;
  const [ownMajor = 0, ownMinor = 0] = minorOf(version).split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
