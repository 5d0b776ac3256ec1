import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { nearest } from '../nearest.js';
import { observeReleases, releaseKey } from './helm/observed.js';

export interface FindInstalledOptions {
  readonly environment: Pick<Environment, 'name' | 'releases'>;
  readonly provider: Pick<ClusterProvider, 'logs'>;
  readonly view: ClusterView;
}

/**
 * `namespace/name` of an installed release, by its name or that key; where two namespaces have one of the name, the
 * environment's own is meant.
 * @throws PlatformError `conflict` that lists what is installed
 */
export async function findInstalled(name: string, options: FindInstalledOptions): Promise<string> {
  const { environment, view } = options;
  const installed = [...(await observeReleases(view)).values()];
  const matching = installed.filter((release) => release.name === name || releaseKey(release) === name);
  const own = matching.find(({ namespace }) =>
    environment.releases.some((release) => release.name === name && release.namespace === namespace),
  );
  const [only, another] = matching;
  const found = own ?? (another ? undefined : only);
  if (found) return releaseKey(found);
  if (another) {
    const keys = matching.map(releaseKey);
    throw new PlatformError('conflict', `there is more than one release ${name}: ${keys.join(', ')}`, {
      suggestions: keys.map((key) => `platform logs ${key}`),
    });
  }
  throw await notInstalled(name, [...new Set(installed.map((release) => release.name))].sort(), options);
}

async function notInstalled(
  name: string,
  installed: readonly string[],
  { environment, provider }: FindInstalledOptions,
): Promise<PlatformError> {
  const isPlanned = environment.releases.some((release) => release.name === name);
  // The provider may do a release's work itself, beside the cluster.
  const isComponent = (await provider.logs()).some((log) => log.name === name);
  return new PlatformError('conflict', `${environment.name} has no release ${name}${isPlanned ? ' yet' : ''}`, {
    facts: { release: name, installed },
    suggestions: [
      ...(isComponent ? [`platform logs --component ${name}`] : isPlanned ? [`platform up --only ${name}`] : []),
      ...didYouMean(name, installed),
      installed.length > 0 ? `the releases are ${installed.join(', ')}` : 'there are no releases: run `platform up`',
    ],
  });
}

/** A suggestion where some name was most likely meant, else none. */
export function didYouMean(word: string, candidates: readonly string[]): string[] {
  const meant = nearest(word, candidates);
  return meant === undefined ? [] : [`did you mean ${meant}?`];
}
