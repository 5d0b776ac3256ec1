import { isDeepStrictEqual } from 'node:util';
import type { Observations } from '../record.js';
import { noObservations } from './no-observations.js';

type Kind = keyof Observations;
type Item<K extends Kind> = Observations[K][number];

/** One thing that was seen, or the whole of it again where more of it is known; `at` is when, in milliseconds. */
export type Fact<K extends Kind = Kind> = {
  [P in K]: { readonly at: number; readonly kind: P; readonly value: Item<P> };
}[K];

/** What is seen during a drill, as it grows. */
export interface Ledger {
  readonly observations: Observations;
  /** Adds what was seen, or replaces what was put under the same key; what is known already is no fact. */
  put<K extends Kind>(kind: K, value: Item<K>, key?: string): void;
  /** Replaces what was put under a key, without making a fact of it: a stretch that goes on. */
  amend<K extends Kind>(kind: K, value: Item<K>, key: string): void;
  /** Resolves at the next fact; rejects with the signal's reason. */
  changed(signal: AbortSignal): Promise<void>;
}

export function createLedger(now: () => number, onFact: (fact: Fact) => void): Ledger {
  const items: { [K in Kind]: Item<K>[] } = noObservations();
  const places = new Map<string, number>();
  const waiting = new Set<() => void>();

  function amend<K extends Kind>(kind: K, value: Item<K>, key?: string): boolean {
    const list: Item<K>[] = items[kind];
    const name = `${kind}/${key ?? String(list.length)}`;
    const place = places.get(name) ?? list.length;
    if (isDeepStrictEqual(list[place], value)) return false;
    places.set(name, place);
    list[place] = value;
    return true;
  }

  return {
    observations: items,
    put<K extends Kind>(kind: K, value: Item<K>, key?: string) {
      if (!amend(kind, value, key)) return;
      onFact({ at: now(), kind, value } as Fact);
      for (const wake of waiting) wake();
    },
    amend,
    changed(signal) {
      return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const settle = (end: () => void) => () => {
          waiting.delete(wake);
          signal.removeEventListener('abort', stop);
          end();
        };
        const wake = settle(resolve);
        const stop = settle(() => {
          reject(signal.reason as Error);
        });
        waiting.add(wake);
        signal.addEventListener('abort', stop, { once: true });
      });
    },
  };
}
