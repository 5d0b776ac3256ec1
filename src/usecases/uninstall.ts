import { neededByDrills, type HeldReleases } from '../chaos/intent/held-releases.js';
import { intentsIn } from '../chaos/intent/intents.js';
import { PlatformError } from '../errors.js';
import type { RunSummary } from '../plan/events.js';
import type { Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { recordedNeeds } from '../releases/uninstall/recorded-needs.js';
import type { InstalledRelease } from '../releases/uninstall/installed.js';
import {
  readInstalledGraph,
  refusalOf,
  uninstallSteps,
  type UninstallOptions,
} from '../releases/uninstall/uninstall.js';
import { select } from '../releases/uninstall/uninstall-order.js';
import type { Removal } from '../releases/uninstall/uninstall-release.js';
import { toolSteps } from '../toolchain/steps.js';
import type { FoundEnvironment } from './find-environment.js';
import { open, type OpenEnvironment } from './open.js';
import { runSteps, type RunIdentity } from './run-steps.js';
import { wantedReleases, type WantedReleases } from './wanted-releases.js';

export interface UninstallRequest {
  /** Names, or `namespace/name`; none for all of the environment. */
  readonly releases: readonly string[];
  /** Uninstall what needs them as well. */
  readonly dependants: boolean;
  readonly customResources: boolean;
  readonly forceFinalizers: boolean;
  /** How long what is being deleted may take before it counts as stuck, in milliseconds. */
  readonly patienceMs: number;
}

export interface UninstallResult {
  readonly environment: string;
  /** In the order in which they went. */
  readonly removals: readonly Removal[];
  readonly summary: RunSummary;
}

/**
 * Uninstalls releases of an environment, those that need others first. Refuses before anything is changed where others
 * or an open drill still need one of them, or custom resources would be left without what serves them.
 * @throws PlatformError `conflict` for a refusal, a release that is not installed, or a cluster that does not run
 */
export async function uninstall(
  found: FoundEnvironment,
  request: UninstallRequest,
  ports: Ports,
): Promise<UninstallResult> {
  const opened = await open(found, ports);
  const { environment, assembly } = opened;
  if (environment.protect && request.releases.length === 0) {
    throw new PlatformError('conflict', `${environment.name} is protected`, {
      suggestions: ['take `protect: true` out of its file first, or name the releases'],
    });
  }
  const removals: Removal[] = [];
  const { view, stateFolder, toolchain } = assembly;
  const connection = () => view.connection();
  const summary = await runSteps(
    { command: 'uninstall', environment: environment.name, stateFolder, connection },
    async (identity) => [
      ...toolSteps(toolchain, ['helm']),
      ...(await stepsToUninstall(opened, request, identity, removals, ports)),
    ],
    ports,
  );
  return { environment: environment.name, removals, summary };
}

async function stepsToUninstall(
  opened: OpenEnvironment,
  { releases, dependants, ...how }: UninstallRequest,
  { ensureOwned, isOver }: RunIdentity,
  removals: Removal[],
  ports: Ports,
): Promise<Step[]> {
  const { assembly } = opened;
  const { clock, interruption } = ports;
  const signal = interruption.draining;
  const { environment, edges } = await whatIsKnown(opened, ports);
  const options: UninstallOptions = { ...assembly, ...how, environment, edges, clock, ensureOwned, isOver };
  const graph = await readInstalledGraph(options, signal);
  const selected = select(releases, graph.installed, graph.links, dependants);
  const going = new Set(selected.map(({ key }) => key));
  const { view } = assembly;
  const drills = await neededByDrills(await intentsIn(view), () => view.workloads());
  const refusals = await Promise.all(
    selected.map(
      async (release) =>
        refusalByDrill(release, drills) ?? (await refusalOf(release, going, graph.links, options, signal)),
    ),
  );
  refuse(refusals.filter((refusal) => refusal !== undefined));
  return uninstallSteps(
    selected,
    graph,
    {
      kind: 'uninstall',
      needs: [],
      check: ({ observed: { revision } }) =>
        Promise.resolve({ status: 'needed', reason: `revision ${String(revision)} is installed` }),
      report: (removal) => removals.push(removal),
    },
    options,
  );
}

function refusalByDrill(
  { key, observed: { name } }: InstalledRelease,
  drills: HeldReleases,
): PlatformError | undefined {
  const reason = drills.get(key);
  return reason === undefined ? undefined : new PlatformError('conflict', `${name} is ${reason}`);
}

// The file may have changed since, or may not be readable at all: what was last installed counts, too.
async function whatIsKnown({ environment, assembly }: OpenEnvironment, ports: Ports): Promise<WantedReleases> {
  const recorded = await recordedNeeds(assembly.view);
  try {
    const wanted = await wantedReleases(environment, assembly, ports);
    return { ...wanted, edges: [...wanted.edges, ...recorded] };
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code === 'interrupted') throw error;
    // A graph that is wrong must not keep anybody from uninstalling.
    const written = environment.releases.flatMap(({ name, needs }) =>
      needs.map(({ release, facet }) => ({ from: name, to: release, facet })),
    );
    return { environment, edges: [...written, ...recorded] };
  }
}

function refuse(refusals: readonly PlatformError[]): void {
  const [first] = refusals;
  if (!first) return;
  if (refusals.length === 1) throw first;
  throw new PlatformError(first.code, `${first.message} (and ${String(refusals.length - 1)} more)`, {
    output: refusals.map(({ message, output }) => [message, ...(output?.split('\n') ?? [])].join('\n  ')).join('\n'),
    suggestions: [...new Set(refusals.flatMap(({ suggestions }) => suggestions))],
    facts: { refusals: refusals.map(({ message, facts }) => ({ message, ...facts })) },
  });
}
