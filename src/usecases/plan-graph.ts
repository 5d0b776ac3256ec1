import type { Environment } from '../environment/environment.js';
import { environmentState } from '../paths.js';
import { readHistory } from '../plan/journal.js';
import type { Ports } from '../ports.js';
import { releaseGraph, type ReleaseGraph } from '../releases/graph/release-graph.js';
import { leftOutBy } from '../releases/graph/selection.js';
import { plan, type UpOptions } from './up.js';

/** As far back as journals are kept: a release that has not changed since was measured long ago. */
const runsRead = 20;

export interface PlannedGraph {
  readonly graph: ReleaseGraph;
  /** True when `up` would do something. */
  readonly changes: boolean;
}

/**
 * The releases, what each waits for, and how long it took when it was last done; changes nothing. With `only`, the
 * others are not in the graph; what is skipped is, for others wait for it.
 */
export async function planGraph(environment: Environment, options: UpOptions, ports: Ports): Promise<PlannedGraph> {
  const planned = await plan(environment, options, ports);
  const leftOut = leftOutBy({ only: options.only, skip: [] }, environment.releases, planned.edges);
  const releases = environment.releases.filter(({ name }) => leftOut(name) === undefined);
  const { durations } = await readHistory(environmentState(ports.paths, environment.name), runsRead);
  return { graph: releaseGraph({ ...environment, releases }, planned, durations), changes: planned.changes };
}
