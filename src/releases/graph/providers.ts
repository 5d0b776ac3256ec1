import type { Release } from '../../environment/environment.js';
import { pluralOf } from '../../kubernetes/resource-path.js';
import type { Definition } from '../contents/contents.js';

/** A definition and the release that brings it. */
export interface ProvidedDefinition {
  readonly release: string;
  /** `certificates.cert-manager.io`. */
  readonly name: string;
  readonly versions: readonly string[];
  /** Known from the rendered chart, not from the catalogue alone. */
  readonly isRendered: boolean;
}

/** Who brings which APIs to an environment. */
export interface Providers {
  /** By `group/Kind`. */
  readonly definitions: ReadonlyMap<string, readonly ProvidedDefinition[]>;
  /** Releases by the `group/version` of the aggregated APIs they answer. */
  readonly apis: ReadonlyMap<string, string>;
  readonly groups: ReadonlySet<string>;
}

/** By the rendered charts, and by the catalogue where a chart was not rendered yet. */
export function providersOf(releases: readonly Release[]): Providers {
  const definitions = new Map<string, ProvidedDefinition[]>();
  const apis = new Map<string, string>();
  const groups = new Set<string>();
  for (const release of releases) {
    const isRendered = release.contents !== undefined;
    for (const { group, kind, plural, versions } of definedBy(release)) {
      const key = `${group}/${kind}`;
      const entry = { release: release.name, name: `${plural}.${group}`, versions, isRendered };
      definitions.set(key, [...(definitions.get(key) ?? []), entry]);
      groups.add(group);
    }
    for (const name of release.contents?.apiServices ?? release.catalogue?.objects.apiServices ?? []) {
      const [version = '', ...group] = name.split('.');
      apis.set(`${group.join('.')}/${version}`, release.name);
      groups.add(group.join('.'));
    }
  }
  return { definitions, apis, groups };
}

/** True where the definitions of a release are applied before any release, by us: nobody has to wait for Helm. */
export function isAppliedFirst({ contents, catalogue }: Release): boolean {
  if (contents) return contents.definitions.every(({ by }) => by === 'platform');
  return catalogue?.crds !== undefined && catalogue.crds.from !== 'helm';
}

/** Real plurals of custom resources, by `group/plural` as the conventions would have it. */
export function definedKinds(releases: readonly Release[]): ReadonlyMap<string, string> {
  return new Map(
    releases.flatMap((release) =>
      definedBy(release).map(({ group, kind, plural }) => [`${group}/${pluralOf(kind)}`, plural] as const),
    ),
  );
}

/** What a release defines: by its rendered chart, or by the catalogue while that is not known. */
export function definedBy({
  contents,
  catalogue,
}: Release): readonly Pick<Definition, 'group' | 'kind' | 'plural' | 'versions'>[] {
  return contents?.definitions ?? catalogue?.crds?.resources ?? [];
}
