import { formatDuration } from '../../clock.js';
import type { LoadFault } from '../drill.js';
import { runLoad, type LoadOptions } from '../load/run-load.js';
import type { Narrator } from '../narrator.js';
import type { Ledger } from '../observe/ledger.js';
import type { World } from '../world.js';
import { counted, number } from '../words.js';

/** How a tool that resolves no names and knows no authority of ours gets to the environment. */
export type LoadRoute = Pick<LoadOptions, 'connectTo' | 'caFile'>;

/** Milliseconds from one report of the load's tool to the next. */
const sliceMs = 10_000;
const lookEveryMs = 500;

export interface MakeLoadOptions {
  readonly world: World;
  /** Replicas that the autoscaler has to get to; absent where none is expected. */
  readonly goal: number | undefined;
  readonly load: LoadRoute;
  readonly ledger: Ledger;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
}

/**
 * Makes load until its requests are sent and the autoscaler is where it has to get, or its time is over; where pods are
 * only simulated, their processor time is what is waited for.
 * @returns how it ended
 */
export async function makeLoad(fault: LoadFault, options: MakeLoadOptions): Promise<string> {
  const { world, load, ledger, narrator, signal } = options;
  const { clock, processes, provider } = world;
  const hasReacted = () => isReached(ledger, options.goal);
  if (provider.simulation !== undefined) return pretend(fault, hasReacted, options);
  const path = await world.tool(fault.tool, signal);
  let sent = 0;
  const { reason } = await runLoad(
    fault,
    {
      ...{ ...load, path, processes, clock, sliceMs, until: hasReacted },
      onSlice(slice) {
        ledger.put('load', slice);
        sent += slice.requests;
        narrator.progress('load', `${scaleOf(ledger)}, ${counted(sent, 'request')}`);
      },
    },
    signal,
  );
  return reason;
}

async function pretend(
  { atMostMs, simulated }: LoadFault,
  hasReacted: () => boolean,
  { world: { clock }, ledger, narrator, signal }: MakeLoadOptions,
): Promise<string> {
  const until = clock.now() + atMostMs;
  while (!hasReacted()) {
    if (clock.now() >= until) return `its ${formatDuration(atMostMs)} were over`;
    narrator.progress('load', `${scaleOf(ledger)}, ${number(simulated.ratePerSecond)} requests a second are pretended`);
    await clock.sleep(lookEveryMs, signal);
  }
  return 'the autoscaler has reacted';
}

function isReached({ observations }: Ledger, goal: number | undefined): boolean {
  if (goal === undefined) return true;
  const last = observations.autoscaler.at(-1);
  return last !== undefined && last.current >= goal && last.ready >= goal;
}

function scaleOf({ observations }: Ledger): string {
  const last = observations.autoscaler.at(-1);
  if (!last) return 'the autoscaler was not seen yet';
  const cpu = last.cpu === undefined ? 'unknown' : `${number(last.cpu)}%`;
  return `${String(last.ready)} of ${counted(last.desired, 'replica')} ready, processor time ${cpu}`;
}
