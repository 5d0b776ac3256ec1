import { listRuns, type DrillRun } from '../chaos/history.js';

export interface ChaosHistoryResult {
  /** Newest first. */
  readonly runs: readonly DrillRun[];
}

/** The runs of an environment's drills on this machine; `drill` leaves those of others out. */
export async function chaosHistory(
  stateFolder: string,
  { drill }: { readonly drill?: string } = {},
): Promise<ChaosHistoryResult> {
  const runs = await listRuns(stateFolder);
  return { runs: drill === undefined ? runs : runs.filter((run) => drillOf(run) === drill) };
}

function drillOf(run: DrillRun): string | undefined {
  if (run.status === 'finished') return run.drill;
  return run.status === 'unreadable' ? undefined : run.tale.start?.drill;
}
