/** Namespaces that every cluster has; they are not ours to label or to limit. */
const given: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease']);

/** True for a namespace that a cluster comes with. */
export function isGivenNamespace(namespace: string): boolean {
  return given.has(namespace);
}
