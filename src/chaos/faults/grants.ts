import { intents } from '../../../assets/apps/src/reaper/intent.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import { resourcePath } from '../../kubernetes/resource-path.js';

/** One rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Absent where names cannot be known: of pods to come, and for lists. */
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const group = 'rbac.authorization.k8s.io';
const apiVersion = `${group}/v1`;

/** A Role in a namespace and its binding: what the reaper may do there for one run, and that it may end this right. */
export function namespaceGrant(run: string, namespace: string, rules: readonly Rule[]): KubernetesObject[] {
  return grant(run, { role: 'Role', binding: 'RoleBinding', namespace }, rules);
}

/** The same for what is in no namespace. */
export function clusterGrant(run: string, rules: readonly Rule[]): KubernetesObject[] {
  return grant(run, { role: 'ClusterRole', binding: 'ClusterRoleBinding' }, rules);
}

/** Paths of the Roles among grants, as an intent lists them. */
export function grantPaths(grants: readonly KubernetesObject[]): string[] {
  return grants.filter(({ kind }) => kind.endsWith('Role')).map(resourcePath);
}

interface Kinds {
  readonly role: 'Role' | 'ClusterRole';
  readonly binding: 'RoleBinding' | 'ClusterRoleBinding';
  readonly namespace?: string;
}

function grant(run: string, { role, binding, namespace }: Kinds, rules: readonly Rule[]): KubernetesObject[] {
  const name = intents.name(run);
  const metadata = { name, ...(namespace !== undefined && { namespace }), labels: { [labels.run]: run } };
  const itself = {
    apiGroups: [group],
    resources: [`${role.toLowerCase()}s`],
    resourceNames: [name],
    verbs: ['delete'],
  };
  const subject = { kind: 'ServiceAccount', name: intents.reaper, namespace: intents.namespace };
  const made = [
    { apiVersion, kind: role, metadata, rules: [...rules, itself] },
    { apiVersion, kind: binding, metadata, roleRef: { apiGroup: group, kind: role, name }, subjects: [subject] },
  ];
  return made;
}
