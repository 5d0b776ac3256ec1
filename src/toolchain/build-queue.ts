import type { Clock } from '../clock.js';
import type { Progress } from '../plan/events.js';
import type { BuildPin, ToolName } from './pins.js';

export interface WantedBuild {
  readonly name: ToolName;
  readonly pin: BuildPin;
  /** The lower, the sooner. */
  readonly rank: number;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

export interface Batch {
  readonly tools: ReadonlyMap<ToolName, BuildPin>;
  /** Aborts when nobody wants any of them any more. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** Tools that are wanted at the same time fail their downloads within moments of each other. */
const gatherMs = 300;

interface WaitingBatch {
  readonly wanted: WantedBuild[];
  readonly start: () => void;
}

/**
 * Puts tools of one module that are wanted at about the same time into one batch, and runs the batches one after the
 * other, the most urgent first: a build uses all processors anyway, and a later one finds in Go's cache what an earlier
 * one compiled (all of these tools are made of much the same Kubernetes libraries).
 */
export function createBuildQueue<T>(clock: Clock, run: (batch: Batch) => Promise<ReadonlyMap<ToolName, T>>) {
  const waiting = new Map<string, WaitingBatch & { readonly built: Promise<ReadonlyMap<ToolName, T>> }>();
  let isBusy = false;

  function open(group: string) {
    const wanted: WantedBuild[] = [];
    let start: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => {
      start = resolve;
    });
    const built = turn
      .then(() => run(batchOf(wanted)))
      .finally(() => {
        isBusy = false;
        startNext();
      });
    const batch = { wanted, start, built };
    waiting.set(group, batch);
    if (!isBusy) void clock.sleep(gatherMs).then(startNext);
    return batch;
  }

  function startNext(): void {
    if (isBusy) return;
    const [next] = [...waiting].sort(([, a], [, b]) => rankOf(a) - rankOf(b));
    if (!next) return;
    const [group, batch] = next;
    isBusy = true;
    waiting.delete(group);
    for (const { wanted } of waiting.values()) {
      for (const { progress } of wanted) progress({ message: 'waiting for the build before it' });
    }
    batch.start();
  }

  return {
    /** Resolves when the batch with this tool is built; whoever gave up hears so only then. */
    async add(wanted: WantedBuild): Promise<T | undefined> {
      const { module, version, tags, variables } = wanted.pin;
      const group = JSON.stringify([module, version, tags, variables]);
      const batch = waiting.get(group) ?? open(group);
      batch.wanted.push(wanted);
      const results = await batch.built;
      wanted.signal.throwIfAborted();
      return results.get(wanted.name);
    },
  };
}

function rankOf({ wanted }: WaitingBatch): number {
  return Math.min(...wanted.map(({ rank }) => rank));
}

function batchOf(wanted: readonly WantedBuild[]): Batch {
  const nobody = new AbortController();
  const leave = () => {
    const [first] = wanted;
    if (first && wanted.every(({ signal }) => signal.aborted)) nobody.abort(first.signal.reason);
  };
  for (const { signal } of wanted) signal.addEventListener('abort', leave, { once: true });
  leave();
  return {
    tools: new Map(
      wanted.map(({ name, pin }): [ToolName, BuildPin] => [name, pin]).sort(([a], [b]) => a.localeCompare(b)),
    ),
    signal: nobody.signal,
    progress: (progress) => {
      for (const one of wanted) one.progress(progress);
    },
  };
}
