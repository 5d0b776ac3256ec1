import { formatDuration, type Clock } from '../../clock.js';
import { messageOf } from '../../errors.js';
import type { Silence } from '../record.js';
import type { Ledger } from './ledger.js';
import type { Silences } from './silences.js';

/** Looks at one thing again and again, as long as a drill is observed. */
export interface Watcher {
  /** Unique among the watchers of a drill. */
  readonly name: string;
  /** Whom it asks: a look that fails is a stretch of that one's silence. Absent where no answer is an answer, too. */
  readonly who?: Silence['who'];
  /** Milliseconds between the end of one look and the next. */
  readonly everyMs: number;
  look(signal: AbortSignal): Promise<void>;
}

/**
 * After so many milliseconds a look counts as unanswered although it may still end well: a client that is patient
 * itself would hide that nobody answers. It is a little more than one request may take.
 */
const silentAfterMs = 6_000;

/** Looks until the signal aborts. That somebody does not answer is written down, and never ends it. */
export async function runWatcher(
  watcher: Watcher,
  { ledger, silences, clock }: { readonly ledger: Ledger; readonly silences: Silences; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const { name, who, everyMs } = watcher;
  let told = '';
  const failed = (from: number, error: string) => {
    const message = `${name} cannot be watched: ${error}`;
    if (who) silences.unanswered(who, name, from, error);
    else if (message !== told) ledger.put('incidents', { at: clock.now(), message });
    told = message;
  };

  while (!signal.aborted) {
    const from = clock.now();
    const settled = new AbortController();
    const late = clock.sleep(silentAfterMs, AbortSignal.any([signal, settled.signal])).then(
      () => {
        failed(from, `no answer within ${formatDuration(silentAfterMs)}`);
      },
      () => undefined,
    );
    try {
      await watcher.look(signal);
      if (who) silences.answered(who, name);
    } catch (error) {
      // What an interrupted question says is nobody's silence.
      if (!isAborted(signal)) failed(from, messageOf(error));
    } finally {
      settled.abort();
      await late;
    }
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}

// The signal changes while somebody is waited for, which the compiler does not know of a property.
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
