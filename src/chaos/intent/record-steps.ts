import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Step } from '../../plan/step.js';
import { closeIntent, intentsIn } from './intents.js';
import { openDrills, type OpenDrill } from './open-drills.js';
import type { ListedIntent } from './read-intent.js';
import { takeBack } from './take-back.js';

export interface DrillRecordOptions {
  readonly view: ClusterView;
  readonly needs: readonly string[];
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/** One step for each drill that somebody else took back: its record has been read, and goes. */
export function drillRecordSteps(listed: readonly ListedIntent[], options: DrillRecordOptions): Step[] {
  return openDrills(listed).flatMap((drill) =>
    drill.restoration && drill.run !== undefined ? [recordStep(drill, drill.run, options)] : [],
  );
}

function recordStep({ drill = '', message }: OpenDrill, run: string, options: DrillRecordOptions): Step {
  const { view, needs, ensureOwned } = options;
  return {
    id: `drill/${run}`,
    title: `record of the drill ${drill}`,
    needs,
    lane: 'api',
    // Another machine's Lease may have to be watched for 40 s.
    budgetMs: 120_000,
    estimateMs: 100,
    async check() {
      const found = (await intentsIn(view)).some(({ intent }) => intent?.run === run);
      return found ? { status: 'needed', reason: message } : { status: 'satisfied' };
    },
    async apply({ signal }) {
      const [record] = (await intentsIn(view)).filter(({ intent }) => intent?.run === run);
      const client = await view.connection();
      if (!client || record?.restoration === undefined) return undefined;
      await ensureOwned(signal);
      await takeBack(record, record.restoration.by, { client, clock: view.clock, signal });
      await closeIntent(run, client, signal);
      view.forget();
      return 'removed';
    },
  };
}
