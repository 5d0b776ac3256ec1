import type { Clock } from '../clock.js';
import { ApiUnreachableError } from './api-errors.js';
import type { ClusterClient } from './client.js';

/** How long an API server may be away in the middle of a run, in milliseconds: a restart takes about 20 s. */
export const patienceMs = 60_000;
const retryIntervalMs = 500;

export interface PatienceOptions {
  readonly clock: Clock;
  /** False when waiting cannot help: the cluster was stopped, or is gone. */
  readonly mayComeBack: () => Promise<boolean>;
  /** Called once for each time that the API server was away. */
  readonly onAway: () => void;
}

/**
 * A client that asks again while the API server does not answer, for at most {@link patienceMs}. Only for calls that
 * may be made twice: reading, applying, deleting and dry-runs; creating, replacing and patching fail as they
 * always do.
 */
export function patientClient(client: ClusterClient, { clock, mayComeBack, onAway }: PatienceOptions): ClusterClient {
  let awaySince: number | undefined;

  async function patiently<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (;;) {
      try {
        const answer = await call();
        awaySince = undefined;
        return answer;
      } catch (error) {
        if (!(error instanceof ApiUnreachableError)) throw error;
        if (awaySince === undefined) onAway();
        awaySince ??= clock.now();
        if (clock.now() - awaySince >= patienceMs || !(await mayComeBack())) throw error;
        await clock.sleep(retryIntervalMs, signal);
      }
    }
  }

  return {
    server: client.server,
    get requests() {
      return client.requests;
    },
    get: (path, signal, accept) => patiently(() => client.get(path, signal, accept), signal),
    list: (path, options, signal) => patiently(() => client.list(path, options, signal), signal),
    text: (path, signal) => patiently(() => client.text(path, signal), signal),
    stream: (path, onLine, signal) => client.stream(path, onLine, signal),
    apply: (object, signal, options) => patiently(() => client.apply(object, signal, options), signal),
    dryRun: (write, signal) => patiently(() => client.dryRun(write, signal), signal),
    create: (collection, object, signal) => client.create(collection, object, signal),
    replace: (path, object, signal) => client.replace(path, object, signal),
    patch: (path, mergePatch, signal) => client.patch(path, mergePatch, signal),
    delete: (path, signal, preconditions) => patiently(() => client.delete(path, signal, preconditions), signal),
    close: () => {
      client.close();
    },
  };
}
