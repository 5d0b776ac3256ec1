import type { Clock } from '../../clock.js';
import type { Silence } from '../record.js';
import type { Ledger } from './ledger.js';

/** Who does not answer, and since when: one stretch for each, however many watchers ask. */
export interface Silences {
  /** A look that began at `from` got no answer. */
  unanswered(who: Silence['who'], watcher: string, from: number, error: string): void;
  answered(who: Silence['who'], watcher: string): void;
}

export function createSilences(ledger: Ledger, clock: Clock): Silences {
  const open = new Map<Silence['who'], { readonly key: string; silence: Silence; readonly watchers: Set<string> }>();
  let count = 0;
  return {
    unanswered(who, watcher, from, error) {
      const known = open.get(who);
      if (known) {
        known.watchers.add(watcher);
        known.silence = { ...known.silence, to: clock.now() };
        ledger.amend('silences', known.silence, known.key);
        return;
      }
      const silence = { who, from, to: clock.now(), error };
      const key = String((count += 1));
      open.set(who, { key, silence, watchers: new Set([watcher]) });
      ledger.put('silences', silence, key);
    },
    answered(who, watcher) {
      const known = open.get(who);
      if (!known?.watchers.delete(watcher) || known.watchers.size > 0) return;
      open.delete(who);
      ledger.put('silences', { ...known.silence, to: clock.now() }, known.key);
    },
  };
}
