import type { PlatformError } from '../../errors.js';
import type { Check, Step } from '../../plan/step.js';
import { customResourcesInTheWay } from './clear-custom-resources.js';
import type { Edge } from '../contents/contents.js';
import { listCustomResources } from './custom-resources.js';
import { readInstalled, type InstalledRelease } from './installed.js';
import {
  connected,
  removalSummary,
  uninstallRelease,
  type Removal,
  type UninstallReleaseOptions,
} from './uninstall-release.js';
import { goneBefore, linksOf, stillNeeded, type Link } from './uninstall-order.js';

/** Helm's own part: its hooks have five minutes each. */
const helmBudgetMs = 10 * 60_000;

export interface UninstallOptions extends UninstallReleaseOptions {
  /** Who waits for what in the environment; what the cluster shows is added. */
  readonly edges: readonly Edge[];
}

/** The installed releases of an environment and who needs whom. */
export interface InstalledGraph {
  readonly installed: readonly InstalledRelease[];
  readonly links: readonly Link[];
}

/** @throws PlatformError `conflict` when the cluster is not running. */
export async function readInstalledGraph(
  { environment, view, edges }: Pick<UninstallOptions, 'environment' | 'view' | 'edges'>,
  signal: AbortSignal,
): Promise<InstalledGraph> {
  const client = await connected(environment.name, view);
  const installed = await readInstalled(environment, client, view, signal);
  return { installed, links: linksOf(installed, edges, environment.releases) };
}

/**
 * Why a release must not be uninstalled now: others that stay need it, or custom resources would be left without it.
 * `going` are all that are uninstalled in this run.
 */
export async function refusalOf(
  release: InstalledRelease,
  going: ReadonlySet<string>,
  links: readonly Link[],
  options: UninstallOptions,
  signal: AbortSignal,
): Promise<PlatformError | undefined> {
  const needed = stillNeeded(release, going, links);
  if (needed || options.customResources) return needed;
  const client = await connected(options.environment.name, options.view);
  return customResourcesInTheWay(release, await listCustomResources(client, release.definitions, signal), going);
}

/** One step for each release, those that need others first; `kind` begins their ids: `uninstall/auth`. */
export function uninstallSteps(
  selected: readonly InstalledRelease[],
  { links }: InstalledGraph,
  { kind, needs, check, report }: UninstallStepOptions,
  options: UninstallOptions,
): Step[] {
  const going = new Set(selected.map(({ key }) => key));
  const before = goneBefore(selected, links);
  const names = selected.map(({ observed }) => observed.name);
  const idOf = ({ key, observed: { name } }: InstalledRelease) =>
    `${kind}/${names.filter((other) => other === name).length > 1 ? key : name}`;
  const ids = new Map(selected.map((release) => [release.key, idOf(release)]));
  return selected.map((release) => ({
    id: idOf(release),
    title: `uninstall ${release.observed.name}`,
    needs: ['tool/helm', ...needs, ...(before.get(release.key) ?? []).flatMap((key) => ids.get(key) ?? [])],
    lane: 'helm',
    budgetMs: helmBudgetMs + 4 * options.patienceMs,
    estimateMs: 1_500,
    check: ({ signal }) => check(release, going, signal),
    async apply(context) {
      const removal = await uninstallRelease(release, going, options, context);
      report?.(removal);
      return removalSummary(removal);
    },
  }));
}

export interface UninstallStepOptions {
  readonly kind: 'uninstall' | 'prune';
  readonly needs: readonly string[];
  readonly check: (release: InstalledRelease, going: ReadonlySet<string>, signal: AbortSignal) => Promise<Check>;
  readonly report?: (removal: Removal) => void;
}
