import { labels } from '../../kubernetes/objects.js';

/** On the throw-away namespaces of the trial, so that those of a killed run are found. */
export const trialLabel = 'platform.dev/probe';
export const trialName = 'network-policy';
export const trialPort = 8080;

export type TrialPod = 'server' | 'friend' | 'stranger';

export function trialNamespace(name: string, environment: string) {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name,
      labels: {
        [labels.environment]: environment,
        [trialLabel]: trialName,
        'pod-security.kubernetes.io/enforce': 'restricted',
      },
    },
  };
}

/** A pod that only holds a network open: the image is one that every node has, so nothing is pulled. */
export function trialPod(name: TrialPod, { namespace, node, image }: Record<'namespace' | 'node' | 'image', string>) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { 'platform.dev/role': name } },
    spec: {
      // Past the scheduler: control planes too have a place in the pod network.
      nodeName: node,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65_535, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'pause',
          image,
          imagePullPolicy: 'Never',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}

/** Closes the server to all but the friend. */
export function trialPolicy(namespace: string) {
  const podSelector = (name: TrialPod) => ({ matchLabels: { 'platform.dev/role': name } });
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'friends-only', namespace },
    spec: {
      podSelector: podSelector('server'),
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: podSelector('friend') }], ports: [{ protocol: 'TCP', port: trialPort }] }],
    },
  };
}
