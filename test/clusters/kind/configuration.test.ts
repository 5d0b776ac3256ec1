import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { imagesOf, kindConfiguration } from '../../../src/clusters/kind/configuration.js';
import { unsupportedBy } from '../../../src/clusters/kind/unsupported.js';
import { image, localSettings, type Settings } from './kind-world.js';

const ports = { http: 8080, https: 8443 };
const plain = { nodeImage: image };

function configurationOf(settings: Settings = plain, hasCgroupV1 = false) {
  return kindConfiguration({ local: localSettings(settings), ports, hasCgroupV1 });
}

function patchesOf(settings: Settings = plain, hasCgroupV1 = false): Record<string, unknown>[] {
  return (configurationOf(settings, hasCgroupV1).kubeadmConfigPatches ?? []).map(
    (text) => parse(text) as Record<string, unknown>,
  );
}

describe('the configuration of a kind cluster', () => {
  it('listens on this machine only', () => {
    const { networking, nodes = [] } = configurationOf();

    expect(networking?.['apiServerAddress']).toBe('127.0.0.1');
    expect(nodes.flatMap(({ extraPortMappings }) => extraPortMappings ?? [])).toEqual([
      { containerPort: 80, hostPort: 8080, listenAddress: '127.0.0.1' },
      { containerPort: 443, hostPort: 8443, listenAddress: '127.0.0.1' },
    ]);
  });

  it('has the subnets of the environment, and a pod network of its own only where that is wanted', () => {
    const subnets = { pods: '10.1.0.0/16', services: '10.2.0.0/16' };

    expect(configurationOf({ ...plain, subnets }).networking).toMatchObject({
      podSubnet: '10.1.0.0/16',
      serviceSubnet: '10.2.0.0/16',
      disableDefaultCNI: true,
    });
    expect(configurationOf({ ...plain, cni: 'default' }).networking?.disableDefaultCNI).toBe(false);
    expect(configurationOf({ ...plain, cni: 'none' }).networking?.disableDefaultCNI).toBe(true);
  });

  it('marks the node whose ports lead here, and adds the workers', () => {
    const { nodes = [] } = configurationOf({ ...plain, workers: 2 });

    expect(nodes.map(({ role, labels }) => ({ role, labels }))).toEqual([
      { role: 'control-plane', labels: { 'ingress-ready': 'true' } },
      { role: 'worker', labels: undefined },
      { role: 'worker', labels: undefined },
    ]);
  });

  it('lets Prometheus reach the control plane, in both languages that kubeadm has had', () => {
    const [list, map, proxy] = patchesOf();

    expect(list).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta4',
      controllerManager: {
        extraArgs: [
          { name: 'enable-hostpath-provisioner', value: 'true' },
          { name: 'bind-address', value: '0.0.0.0' },
        ],
      },
      etcd: { local: { extraArgs: [{ name: 'listen-metrics-urls', value: 'http://0.0.0.0:2381' }] } },
    });
    expect(map).toMatchObject({
      apiVersion: 'kubeadm.k8s.io/v1beta3',
      scheduler: { extraArgs: { 'bind-address': '0.0.0.0' } },
    });
    expect(proxy).toEqual({ kind: 'KubeProxyConfiguration', metricsBindAddress: '0.0.0.0:10249' });
  });

  it('tells kubelets from 1.35 on that cgroup v1 will do, where that is what there is', () => {
    const patch = { kind: 'KubeletConfiguration', failCgroupV1: false };

    expect(patchesOf(plain, true)).toContainEqual(patch);
    expect(patchesOf(plain, false)).not.toContainEqual(patch);
    expect(patchesOf({ nodeImage: 'kindest/node:v1.34.0' }, true)).not.toContainEqual(patch);
    expect(patchesOf({ nodeImage: 'nodes@sha256:0123', kubernetes: '1.35' }, true)).toContainEqual(patch);
  });

  it('points containerd to the folder of registries where the node image is too old to do so', () => {
    expect(configurationOf().containerdConfigPatches).toEqual([]);
    expect(configurationOf({ nodeImage: 'kindest/node:v1.31.2' }).containerdConfigPatches?.[0]).toContain(
      'config_path = "/etc/containerd/certs.d"',
    );
  });

  it('takes the pinned image of the Kubernetes version by digest', () => {
    expect(imagesOf(configurationOf({ kubernetes: '1.36' }))).toEqual([
      'kindest/node:v1.36.4@sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
    ]);
  });
});

describe('what kind cannot make', () => {
  it('is a Kubernetes without a node image, unless one is named', () => {
    expect(unsupportedBy(localSettings({ kubernetes: '1.36' }))).toBeUndefined();
    expect(unsupportedBy(localSettings({ kubernetes: '1.20' }))).toBe(
      'kind has node images of Kubernetes 1.37, 1.36, 1.35, 1.34, not 1.20 (local.kubernetes); another one needs local.nodeImage',
    );
    expect(unsupportedBy(localSettings({ kubernetes: '1.20', nodeImage: image }))).toBeUndefined();
  });
});

describe("a user's own kind configuration", () => {
  let folder: string;
  let kindConfig: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'platform-kind-'));
    kindConfig = join(folder, 'kind.yaml');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const own = (text: string) => writeFile(kindConfig, `kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\n${text}`);

  it('keeps its nodes, mounts, ports and patches, and gets ours', async () => {
    await own(`
nodes:
  - role: control-plane
    extraMounts: [{ hostPath: /data, containerPath: /data }]
    extraPortMappings: [{ containerPort: 30000, hostPort: 30000 }]
  - role: worker
    labels: { disk: fast }
kubeadmConfigPatches: ["kind: KubeletConfiguration\\nmaxPods: 77"]
networking: { kubeProxyMode: nftables }
`);
    const { nodes, networking, kubeadmConfigPatches } = configurationOf({ ...plain, kindConfig, workers: 2 });

    expect(nodes).toEqual([
      {
        role: 'control-plane',
        image,
        labels: { 'ingress-ready': 'true' },
        extraMounts: [{ hostPath: '/data', containerPath: '/data' }],
        extraPortMappings: [
          { containerPort: 30000, hostPort: 30000 },
          { containerPort: 80, hostPort: 8080, listenAddress: '127.0.0.1' },
          { containerPort: 443, hostPort: 8443, listenAddress: '127.0.0.1' },
        ],
      },
      { role: 'worker', image, labels: { disk: 'fast' } },
      { role: 'worker', image },
    ]);
    expect(networking).toMatchObject({ kubeProxyMode: 'nftables', apiServerAddress: '127.0.0.1' });
    expect(kubeadmConfigPatches?.at(-1)).toBe('kind: KubeletConfiguration\nmaxPods: 77');
    expect(kubeadmConfigPatches).toHaveLength(4);
  });

  it('keeps the images of its nodes, which is enough for a Kubernetes that kind has none of', async () => {
    await own('nodes: [{ role: control-plane, image: "my/node:v1.30.1" }]\n');

    expect(imagesOf(configurationOf({ kindConfig, workers: 0 }))).toEqual(['my/node:v1.30.1']);
    expect(unsupportedBy(localSettings({ kindConfig, workers: 0, kubernetes: '1.30' }))).toBeUndefined();
  });

  it('has its feature gates in our lists of arguments too, which replace those of kind', async () => {
    await own('featureGates: { B: true, A: false }\n');

    const argument = { name: 'feature-gates', value: 'A=false,B=true' };
    const [list, map] = patchesOf({ ...plain, kindConfig });
    expect(list).toMatchObject({
      controllerManager: { extraArgs: [{}, {}, argument] },
      scheduler: { extraArgs: [{ name: 'bind-address' }, argument] },
    });
    expect(map).toMatchObject({ scheduler: { extraArgs: { 'bind-address': '0.0.0.0' } } });
  });

  it('may lead the same port to the same place, as the documentation of kind does', async () => {
    await own('nodes: [{ role: control-plane, extraPortMappings: [{ containerPort: 80, hostPort: 8080 }] }]\n');

    expect(configurationOf({ ...plain, kindConfig }).nodes?.[0]?.extraPortMappings).toEqual([
      { containerPort: 80, hostPort: 8080 },
      { containerPort: 443, hostPort: 8443, listenAddress: '127.0.0.1' },
    ]);
  });

  it.each([
    [
      'networking: { podSubnet: 192.168.0.0/16 }',
      'networking.podSubnet 192.168.0.0/16',
      'local.subnets.pods 10.244.0.0/16',
    ],
    [
      'networking: { serviceSubnet: 10.0.0.0/16 }',
      'networking.serviceSubnet 10.0.0.0/16',
      'local.subnets.services 10.96.0.0/16',
    ],
    ['networking: { disableDefaultCNI: false }', 'networking.disableDefaultCNI false', 'local.cni calico'],
    ['networking: { ipFamily: ipv6 }', 'networking.ipFamily ipv6', 'local.subnets'],
    ['nodes: [{ role: worker, image: other }]', 'the node image other', `local.nodeImage ${image}`],
    [
      'nodes: [{ role: control-plane, extraPortMappings: [{ containerPort: 30080, hostPort: 8080 }] }]',
      'the mapping of port 8080 to 30080',
      'local.ports.http 8080',
    ],
  ])('is refused where it says %s', async (text, theirs, ours) => {
    await own(`${text}\n`);

    const read = () => configurationOf({ ...plain, kindConfig });
    expect(read).toThrow(`${theirs} in ${kindConfig} contradicts`);
    expect(read).toThrow(ours);
    expect(read).toThrow(expect.objectContaining({ code: 'usage' }) as Error);
  });

  it('is told at planning time where it cannot be', async () => {
    const ports = { http: { number: 8080, isFixed: true }, https: { number: 8443, isFixed: false } };
    const unsupported = () => unsupportedBy(localSettings({ ...plain, kindConfig, ports }));

    expect(unsupported()).toContain(`the kind configuration ${kindConfig} cannot be read: ENOENT`);
    await writeFile(kindConfig, 'kind: Deployment\napiVersion: apps/v1\n');
    expect(unsupported()).toBe(`${kindConfig} is not a kind configuration: Invalid input: expected "Cluster" at kind`);
    await own('networking: { podSubnet: 192.168.0.0/16 }\n');
    expect(unsupported()).toContain('contradicts local.subnets.pods');
  });
});
