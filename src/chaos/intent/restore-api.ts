import type { RestoreApi, WriteAnswer } from '../../../assets/apps/src/reaper/restore-api.js';
import { ApiError } from '../../kubernetes/api-errors.js';
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
