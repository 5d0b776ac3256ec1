import { exceptionOf } from '../clusters/cluster.js';
import type { Environment, Release } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Ports } from '../ports.js';
import { catalogueNames, readCatalogueEntry } from '../releases/catalogue.js';
import type { Edge } from '../releases/contents/contents.js';
import { edgesOf } from '../releases/graph/edges.js';
import { withContents } from '../releases/contents/rendered.js';
import type { Assembly } from './assemble.js';
import type { ImageParts } from './images-parts.js';
import { networkEdges } from './replica.js';
import { withImages } from './settling.js';

export interface WantedReleases {
  /** Its releases with their contents, where their charts are here. */
  readonly environment: Environment;
  readonly edges: readonly Edge[];
}

/**
 * What the releases of an environment put into the cluster, and who waits for what because of it; asks the cluster
 * what it serves already, changes nothing.
 * @throws PlatformError `usage` where the graph is wrong, with catalogue entries that would provide what is missing.
 */
export async function wantedReleases(
  environment: Environment,
  { provider, view, toolchain, charts, renderings }: Assembly,
  { interruption }: Pick<Ports, 'interruption'>,
  imageParts?: ImageParts,
): Promise<WantedReleases> {
  const context = { signal: interruption.draining, progress: () => undefined };
  const canRender = (await toolchain.find('helm')) !== undefined;
  const named = await withImages(environment, imageParts);
  const releases = await withContents(named, { charts, renderings, canRender }, context);
  const tenants = releases.filter(({ catalogue }) => exceptionOf(catalogue, provider.name)?.run !== 'never');
  // What the host does in a release's place creates nothing.
  const isInstalled = ({ from }: Edge) =>
    tenants.some(({ name, catalogue }) => name === from && !exceptionOf(catalogue, provider.name));
  const derived = (await edgesFor(tenants, view)).filter((edge) => !edge.isPrecaution || isInstalled(edge));
  const edges = provider.machines ? [...derived, ...networkEdges({ ...environment, releases: tenants })] : derived;
  return { environment: { ...environment, releases }, edges };
}

async function edgesFor(releases: readonly Release[], view: ClusterView): Promise<readonly Edge[]> {
  try {
    return edgesOf({ releases, served: new Set() });
  } catch (error) {
    const groups = unprovidedGroups(error);
    if (groups.length === 0) throw error;
    // Somebody else may have brought them; what the cluster serves is asked only where that matters.
    const served = new Set((await view.discovery()).map(({ group }) => group));
    try {
      return edgesOf({ releases, served });
    } catch (final) {
      throw await withProviders(final);
    }
  }
}

function unprovidedGroups(error: unknown): readonly unknown[] {
  const groups = error instanceof PlatformError ? error.facts?.['unprovidedGroups'] : undefined;
  return Array.isArray(groups) ? groups : [];
}

// Reading the whole catalogue is worth it only here.
async function withProviders(error: unknown): Promise<unknown> {
  const groups = unprovidedGroups(error);
  if (!(error instanceof PlatformError) || groups.length === 0) return error;
  const names = await catalogueNames();
  const entries = await Promise.all(names.map(async (name) => ({ name, entry: await readCatalogueEntry(name) })));
  const suggestions = entries
    .filter(({ entry }) => entry?.crds?.resources.some(({ group }) => groups.includes(group)))
    .map(({ name }) => `add it under releases: \`${name}: {}\``);
  return new PlatformError(error.code, error.message, {
    ...(error.output !== undefined && { output: error.output }),
    ...(error.facts && { facts: error.facts }),
    suggestions: [...suggestions, ...error.suggestions],
  });
}
