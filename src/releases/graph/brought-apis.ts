import type { Release } from '../../environment/environment.js';

/** The APIs that a release is known to bring, as charts ask for them: `group/version` and `group/version/Kind`. */
export function apisOf({ catalogue }: Pick<Release, 'catalogue'>): string[] {
  return (catalogue?.crds?.resources ?? []).flatMap(({ group, kind, versions }) =>
    versions.flatMap((version) => [`${group}/${version}`, `${group}/${version}/${kind}`]),
  );
}
