import { asset } from '../../paths.js';

/** Programs of the control plane; the keys are kwokctl's component names. */
export const components = {
  etcd: 'etcd',
  'kube-apiserver': 'kube-apiserver',
  'kube-controller-manager': 'kube-controller-manager',
  'kube-scheduler': 'kube-scheduler',
  'kwok-controller': 'kwok',
  'metrics-server': 'metrics-server',
} as const;

export type Component = keyof typeof components;

/** Everything that listens; the keys are kwokctl's options. */
export const portOptions = [
  'kubeApiserverPort',
  'etcdPort',
  'etcdPeerPort',
  'kubeControllerManagerPort',
  'kubeSchedulerPort',
  'kwokControllerPort',
  'metricsServerPort',
] as const;

/** The kwokctl configuration of an embedded control plane; `binaries` are absolute paths, one port for each option. */
export function kwokctlConfiguration(binaries: Readonly<Record<Component, string>>, ports: readonly number[]): object {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokctlConfiguration',
    metadata: { name: 'platform' },
    options: {
      runtime: 'binary',
      // kwokctl's default would offer an etcd without authentication to the whole network.
      bindAddress: '127.0.0.1',
      ...Object.fromEntries(portOptions.map((option, index) => [option, ports[index]])),
      etcdBinary: binaries['etcd'],
      kubeApiserverBinary: binaries['kube-apiserver'],
      kubeControllerManagerBinary: binaries['kube-controller-manager'],
      kubeSchedulerBinary: binaries['kube-scheduler'],
      kwokControllerBinary: binaries['kwok-controller'],
      metricsServerBinary: binaries['metrics-server'],
      enable: ['metrics-server'],
      // A folder is built with kustomize; kwokctl's default is a URL, which would need a network.
      metricsServerManifests: [asset('assets/embedded/metrics-server')],
      // With the Stage kind on, the stages are objects in the cluster and can be added to while it runs.
      enableCRDs: ['Stage', 'ClusterResourceUsage'],
    },
    componentsPatches: [
      {
        name: 'kube-apiserver',
        // Simulated pods answer no webhook, so with admission webhooks on nothing could be created.
        extraArgs: [{ key: 'disable-admission-plugins', value: 'MutatingAdmissionWebhook,ValidatingAdmissionWebhook' }],
      },
      {
        name: 'kube-controller-manager',
        // There is no other one to elect, and who loses its Lease while the API server is away ends for good.
        extraArgs: [
          { key: 'enable-hostpath-provisioner', value: 'true' },
          { key: 'leader-elect', value: 'false' },
        ],
      },
      { name: 'kube-scheduler', extraArgs: [{ key: 'leader-elect', value: 'false' }] },
      {
        name: 'kwok-controller',
        // So long one that is started again leaves the nodes to the one before it, and no pod comes up; kwokctl's is 200.
        extraArgs: [{ key: 'node-lease-duration-seconds', value: '10' }],
      },
    ],
  };
}
