import type { Clock } from '../clock.js';
import { ApiUnreachableError } from './api-errors.js';

export interface Patience {
  readonly clock: Clock;
  /** How long the API server may be away in one go, in milliseconds. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
  /** Called once for each time that it is away. */
  readonly onAway?: () => void;
}

const retryMs = 500;

/** Does something that may be done twice again while the API server does not answer. */
export async function patiently<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { clock, withinMs, signal, onAway } = patience;
  let awaySince: number | undefined;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiUnreachableError)) throw error;
      if (awaySince === undefined) onAway?.();
      awaySince ??= clock.now();
      if (clock.now() - awaySince >= withinMs) throw error;
      await clock.sleep(retryMs, signal);
    }
  }
}
