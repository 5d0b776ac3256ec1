import type { Release } from '../environment/environment.js';
import { readCatalogueEntry, type CatalogueEntry } from './catalogue.js';
import { isMap, mergeValues } from './values/values.js';

/** Where a release keeps what its users log in with. */
export interface KnownCredentials {
  /** What people call it. */
  readonly app: string;
  readonly release: string;
  readonly namespace: string;
  /** Names of Secrets in that namespace; the first that is there counts. */
  readonly secrets: readonly string[];
  /** Key in the Secret, or the name itself. */
  readonly user?: { readonly key: string } | { readonly name: string };
  /** Key in the Secret. */
  readonly password: string;
  /** What the address for logging in is found by, see `urlsFor`. */
  readonly url: string;
}

type Place = Pick<Release, 'name' | 'namespace'>;

/**
 * The credentials of an environment's releases, by the name of the app: as the catalogue knows them, and those that our
 * own chart makes up (`generatedSecret`). Of installed releases that the environment does not list, the catalogue's.
 */
export async function knownCredentials(
  releases: readonly Pick<Release, 'name' | 'namespace' | 'chart' | 'catalogue' | 'values'>[],
  installed: readonly Place[],
): Promise<KnownCredentials[]> {
  const others = installed.filter((one) => !releases.some(({ name }) => name === one.name));
  const entries = await Promise.all(
    others.map(async (place) => ({ place, entry: await readCatalogueEntry(place.name) })),
  );
  return [
    ...releases.flatMap((release) => {
      const known = release.catalogue ? ofCatalogue(release, release.catalogue) : [];
      return known.length > 0 ? known : ofGeneratedSecret(release);
    }),
    ...entries.flatMap(({ place, entry }) => (entry?.namespace === place.namespace ? ofCatalogue(place, entry) : [])),
  ].sort((a, b) => a.app.localeCompare(b.app));
}

function ofCatalogue({ name, namespace }: Place, { credentials }: CatalogueEntry): KnownCredentials[] {
  return Object.entries(credentials).map(([app, { secret, user, password, url = app }]) => ({
    ...{ app, release: name, namespace, password, url },
    secrets: typeof secret === 'string' ? [secret] : secret,
    ...(user && { user }),
  }));
}

// The chart names the Secret after the release.
function ofGeneratedSecret({ name, namespace, chart, values }: Place & Pick<Release, 'chart' | 'values'>) {
  if (chart.from !== 'bundled') return [];
  const { generatedSecret } = mergeValues(values);
  const keys = isMap(generatedSecret) ? generatedSecret['keys'] : undefined;
  const names = Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  return names.map((key): KnownCredentials => {
    const app = names.length === 1 ? name : `${name}-${key}`;
    return { app, release: name, namespace, secrets: [name], password: key, url: name };
  });
}
