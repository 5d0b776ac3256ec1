import { resolveName, systemResolver, type NameResolution, type Resolver } from './resolution.js';

/** A served name, and what this machine makes of it. */
export interface CheckedName {
  readonly name: string;
  readonly resolution: NameResolution;
}

/** How many names a sentence lists. */
const listed = 3;

/** How each name resolves on this machine; all are asked at once. */
export function checkNames(names: readonly string[], resolver: Resolver = systemResolver): Promise<CheckedName[]> {
  return Promise.all(names.map(async (name) => ({ name, resolution: await resolveName(name, resolver) })));
}

/**
 * What keeps people on this machine from using the names that an environment serves: a sentence for each reason, and
 * after them one that says what to do; nothing when all names lead here.
 */
export async function nameWarnings(names: readonly string[], resolver: Resolver = systemResolver): Promise<string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, resolution } of await checkNames(names, resolver)) {
    const problem = problemOf(name, resolution);
    if (problem !== undefined) groups.set(problem, [...(groups.get(problem) ?? []), name]);
  }
  if (groups.size === 0) return [];
  const sentences = [...groups].map(([problem, lost]) => `${listOf(lost)}: ${problem}`);
  return [...sentences, '`platform hosts apply` writes these names into the hosts file'];
}

/** Why a name cannot be used here, in the words that follow a colon; `undefined` when it can. */
export function problemOf(name: string, resolution: NameResolution): string | undefined {
  switch (resolution.status) {
    case 'here':
      return undefined;
    case 'elsewhere':
      return `leads to ${resolution.addresses.join(', ')} instead of this machine`;
    case 'withheld':
      return 'the name server withholds the address (protection against DNS rebinding)';
    case 'unknown':
      return /(^|\.)localhost$/.test(name)
        ? 'browsers find it, other programs on this machine do not'
        : 'not known on this machine';
    case 'unanswered':
      return 'no name server answers';
  }
}

function listOf(names: readonly string[]): string {
  const more = names.length - listed;
  return more > 0 ? `${names.slice(0, listed).join(', ')} and ${String(more)} more` : names.join(', ');
}
