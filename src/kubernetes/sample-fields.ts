const container = {
  name: 'proof',
  image: 'proof.invalid/proof',
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
  resources: { requests: { cpu: '1m', memory: '1Mi' }, limits: { cpu: '1m', memory: '1Mi' } },
};
// What the strictest Pod Security level lets through.
const podSpec = {
  securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
};
const selected = { matchLabels: { app: 'platform-proof' } };
const template = { metadata: { labels: selected.matchLabels }, spec: podSpec };
const jobTemplate = { spec: { ...podSpec, restartPolicy: 'Never' } };

/**
 * Fields of built-in kinds by `group/Kind`, where the published schema does not tell what the API server asks for: it
 * checks those in code.
 */
export const sampleFields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  '/Pod': { spec: podSpec },
  '/PodTemplate': { template },
  '/ReplicationController': { spec: { selector: selected.matchLabels, template } },
  '/Service': { spec: { ports: [{ port: 80 }] } },
  '/PersistentVolumeClaim': {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  },
  '/PersistentVolume': {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Mi' }, hostPath: { path: '/proof' } },
  },
  '/LimitRange': { spec: { limits: [] } },
  'apps/Deployment': { spec: { selector: selected, template } },
  'apps/ReplicaSet': { spec: { selector: selected, template } },
  'apps/StatefulSet': { spec: { selector: selected, serviceName: 'platform-proof', template } },
  'apps/DaemonSet': { spec: { selector: selected, template } },
  'apps/ControllerRevision': { revision: 1, data: {} },
  'batch/Job': { spec: { template: jobTemplate } },
  'batch/CronJob': { spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template: jobTemplate } } } },
  'autoscaling/HorizontalPodAutoscaler': {
    spec: { maxReplicas: 1, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'platform-proof' } },
  },
  'networking.k8s.io/Ingress': {
    spec: { defaultBackend: { service: { name: 'platform-proof', port: { number: 80 } } } },
  },
  'networking.k8s.io/IngressClass': { spec: { controller: 'proof.example/proof' } },
  'networking.k8s.io/NetworkPolicy': { spec: { podSelector: selected } },
  'discovery.k8s.io/EndpointSlice': { addressType: 'IPv4', endpoints: [] },
  'policy/PodDisruptionBudget': { spec: { minAvailable: 0, selector: selected } },
  'rbac.authorization.k8s.io/RoleBinding': {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'platform-proof' },
  },
  'rbac.authorization.k8s.io/ClusterRoleBinding': {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'platform-proof' },
  },
  'scheduling.k8s.io/PriorityClass': { value: 0 },
  'storage.k8s.io/StorageClass': { provisioner: 'proof.example/proof' },
};
