/** Steps are shown by what they are about; the part of the id before the slash tells. */
const groupOfPrefix: Readonly<Record<string, string>> = {
  tool: 'Tools',
  cluster: 'Cluster',
  nodes: 'Cluster',
  'previous-cluster': 'Cluster',
  kubeconfig: 'Cluster',
  record: 'Cluster',
  lease: 'Cluster',
  api: 'Cluster',
  namespace: 'Namespaces',
  chart: 'Charts',
  crds: 'Custom resource definitions',
  release: 'Releases',
  uninstall: 'Releases',
  prune: 'Releases',
  gate: 'Gates',
  registry: 'Registry',
  network: 'Network',
  state: 'Local state',
  look: 'Before the fault',
  intent: 'Before the fault',
  link: 'Chain',
  load: 'Load',
  scaled: 'Load',
  verify: 'Afterwards',
};

/** The group a step belongs to: `release/traefik` → `Releases`, `layer/network` → `Layers`, `proof` → `Other`. */
export function groupOf(id: string): string {
  const [prefix = '', ...name] = id.split('/');
  const known = Object.hasOwn(groupOfPrefix, prefix) ? groupOfPrefix[prefix] : undefined;
  if (known !== undefined) return known;
  return prefix === '' || name.length === 0 ? 'Other' : plural(capitalised(prefix.replaceAll('-', ' ')));
}

/** Puts things with ids under their groups, both in order of first appearance. */
export function grouped<T extends { readonly id: string }>(things: Iterable<T>): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const group = groupOf(thing.id);
    const members = groups.get(group);
    if (members) members.push(thing);
    else groups.set(group, [thing]);
  }
  return groups;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function plural(word: string): string {
  if (/(s|x|ch|sh)$/.test(word)) return word.endsWith('s') && !word.endsWith('ss') ? word : `${word}es`;
  return /[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`;
}
