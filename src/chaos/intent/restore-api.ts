import type { RestoreApi, WriteAnswer } from '../../../assets/apps/src/reaper/restore-api.js';
import type { Clock } from '../../clock.js';
import { ApiError, ApiUnreachableError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';

/** What taking back needs of an API server, by the command line's client. */
export function restoreApi(client: ClusterClient, signal?: AbortSignal): RestoreApi {
  return {
    get: (path) => client.get(path, signal),
    list: (path, labelSelector) => client.list(path, { labelSelector }, signal),
    replace: (path, object) => answered(() => client.replace(path, object, signal)),
    patch: (path, mergePatch) => answered(() => client.patch(path, mergePatch, signal)),
    delete: (path, preconditions) => answered(() => client.delete(path, signal, preconditions)),
  };
}

async function answered(write: () => Promise<unknown>): Promise<WriteAnswer> {
  try {
    await write();
    return 'done';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return 'gone';
    if (error.status === 409) return 'conflict';
    throw error;
  }
}

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
