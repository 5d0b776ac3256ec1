import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { Edge } from '../contents/contents.js';

export interface Selection {
  /** Only these releases and what they need. */
  readonly only: readonly string[];
  /** Not these; what needs them goes on without waiting for them. */
  readonly skip: readonly string[];
}

/** Why a release is left out of this run; `undefined` when it is in. */
export type LeftOut = (release: string) => string | undefined;

/** @throws PlatformError `usage` for a release that the environment does not have. */
export function leftOutBy(selection: Selection, releases: readonly Release[], edges: readonly Edge[]): LeftOut {
  const names = releases.map(({ name }) => name);
  for (const name of [...selection.only, ...selection.skip]) {
    if (!names.includes(name)) {
      throw new PlatformError('usage', `the environment has no release ${name}`, {
        suggestions: [`its releases are ${names.join(', ')}`],
      });
    }
  }
  const wanted = selection.only.length > 0 ? closure(selection.only, edges) : undefined;
  return (name) => {
    if (selection.skip.includes(name)) return 'left out by --skip';
    return wanted && !wanted.has(name) ? 'left out by --only' : undefined;
  };
}

/** Leaves out as well what something else holds, by `namespace/name`; those who need it go on without waiting. */
export function orHeld(
  leftOut: LeftOut,
  held: ReadonlyMap<string, string>,
  { releases }: { readonly releases: readonly Pick<Release, 'name' | 'namespace'>[] },
): LeftOut {
  const reasons = new Map(releases.map(({ name, namespace }) => [name, held.get(`${namespace}/${name}`)]));
  return (name) => leftOut(name) ?? reasons.get(name);
}

function closure(names: readonly string[], edges: readonly Edge[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { from, to, isPrecaution } of edges) if (from === name && !isPrecaution) visit(to);
  };
  names.forEach(visit);
  return found;
}
