import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import { ApiError } from './api-errors.js';
import type { ClusterClient } from './client.js';
import type { ContainerState, PodState } from './pods.js';

/** Which part of a log is wanted. */
export interface LogRange {
  /** Lines from its end. */
  readonly tail?: number;
  readonly sinceSeconds?: number;
  /** ISO 8601. */
  readonly sinceTime?: string;
  /** Of the container that ran before the last restart. */
  readonly previous?: boolean;
}

export interface ContainerLog {
  readonly pod: string;
  readonly container: string;
  readonly lines: readonly string[];
  /** Why there are none. */
  readonly problem?: string;
}

export interface LogLine {
  /** Pod, or component of the cluster. */
  readonly source: string;
  readonly container?: string;
  readonly text: string;
}

/** How often to look for containers that have started since. */
const lookIntervalMs = 2000;

/** The log of one container; that there is none to be had is part of the answer. */
export async function readContainerLog(
  client: ClusterClient,
  pod: PodState,
  container: ContainerState,
  range: LogRange,
  signal?: AbortSignal,
): Promise<ContainerLog> {
  const log = { pod: pod.name, container: container.name, lines: [] };
  if (range.previous && container.restarts === 0) return { ...log, problem: 'it has not restarted' };
  if (!range.previous && container.state === 'waiting') {
    const words = [container.reason ?? pod.reason, container.message].filter((word) => word !== undefined);
    return { ...log, problem: ['it has not started', ...words].join(': ') };
  }
  try {
    const text = await client.text(logPath(pod, container, range), signal);
    return { ...log, lines: text === '' ? [] : text.replace(/\n$/, '').split('\n') };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ...log, problem: messageOf(error) };
  }
}

export interface FollowOptions {
  readonly client: ClusterClient;
  /** The pods to follow, asked for again and again: they come and go. */
  readonly pods: () => Promise<readonly PodState[]>;
  /** For the containers that are there at first; later ones are read from their start. */
  readonly range: LogRange;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onLine: (line: LogLine) => void;
}

/**
 * Follows the logs of all containers of some pods, restarted and new ones included, until the signal aborts.
 * @throws ApiError when reading logs is refused, ApiUnreachableError when the API server no longer answers.
 */
export async function followContainers({ client, pods, range, clock, signal, onLine }: FollowOptions): Promise<void> {
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  // One listener for each stream, and Node takes many for a leak.
  setMaxListeners(0, ending);
  // By run of a container: 'open', or when its stream ended.
  const streams = new Map<string, string>();
  let isFirstLook = true;

  const open = async (key: string, pod: PodState, container: ContainerState, from: LogRange) => {
    streams.set(key, 'open');
    try {
      const path = `${logPath(pod, container, from)}&follow=true`;
      await client.stream(
        path,
        (text) => {
          onLine({ source: pod.name, container: container.name, text });
        },
        ending,
      );
    } catch (error) {
      // Gone meanwhile, or the connection broke; the next look tells. Anything else would fail for ever.
      if (error instanceof ApiError && ![400, 404].includes(error.status)) failed.abort(error);
    }
    streams.set(key, new Date(clock.now()).toISOString());
  };

  try {
    while (!ending.aborted) {
      for (const pod of await pods()) {
        for (const container of pod.containers.filter(({ state }) => state !== 'waiting')) {
          const key = [pod.uid, container.name, container.restarts].join('/');
          const endedAt = streams.get(key);
          if (endedAt === undefined) void open(key, pod, container, isFirstLook ? range : {});
          else if (endedAt !== 'open' && container.state === 'running')
            void open(key, pod, container, { sinceTime: endedAt });
        }
      }
      isFirstLook = false;
      await clock.sleep(lookIntervalMs, ending);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    failed.abort();
  }
}

function logPath({ namespace, name }: PodState, container: ContainerState, range: LogRange): string {
  const query = new URLSearchParams({ container: container.name });
  if (range.tail !== undefined) query.set('tailLines', String(range.tail));
  if (range.sinceSeconds !== undefined) query.set('sinceSeconds', String(range.sinceSeconds));
  if (range.sinceTime !== undefined) query.set('sinceTime', range.sinceTime);
  if (range.previous) query.set('previous', 'true');
  return `/api/v1/namespaces/${namespace}/pods/${name}/log?${query.toString()}`;
}
