import type { Release } from '../environment/environment.js';
import { PlatformError } from '../errors.js';

export interface Selection {
  /** Only these releases and what they need. */
  readonly only: readonly string[];
  /** Not these; what needs them goes on without waiting for them. */
  readonly skip: readonly string[];
}

/** Why a release is left out of this run; `undefined` when it is in. */
export type LeftOut = (release: string) => string | undefined;

/** @throws PlatformError `usage` for a release that the environment does not have. */
export function leftOutBy(selection: Selection, releases: readonly Release[]): LeftOut {
  const byName = new Map(releases.map((release) => [release.name, release]));
  for (const name of [...selection.only, ...selection.skip]) {
    if (!byName.has(name)) {
      throw new PlatformError('usage', `the environment has no release ${name}`, {
        suggestions: [`its releases are ${[...byName.keys()].join(', ')}`],
      });
    }
  }
  const wanted = selection.only.length > 0 ? closure(selection.only, byName) : undefined;
  return (name) => {
    if (selection.skip.includes(name)) return 'left out by --skip';
    return wanted && !wanted.has(name) ? 'left out by --only' : undefined;
  };
}

function closure(names: readonly string[], byName: ReadonlyMap<string, Release>): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { release } of byName.get(name)?.needs ?? []) visit(release);
  };
  names.forEach(visit);
  return found;
}
