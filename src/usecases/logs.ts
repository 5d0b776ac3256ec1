import type { ClusterProvider } from '../clusters/cluster.js';
import type { Clock } from '../clock.js';
import { parseDuration } from '../duration.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import { listReleaseEvents, type ClusterEvent } from '../kubernetes/cluster-events.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import {
  followContainers,
  readContainerLog,
  type ContainerLog,
  type LogLine,
  type LogRange,
} from '../kubernetes/container-log.js';
import { podsOfRelease, type PodState } from '../kubernetes/pods.js';
import { didYouMean, findInstalled } from '../releases/find-installed.js';
import { followFile, tailOf } from '../tail.js';

/** Whose logs: a release (`auth`, or `namespace/auth`), or a component of the cluster (`kube-apiserver`). */
export type LogsOf = { readonly release: string } | { readonly component: string };

export interface LogsOptions {
  readonly environment: Pick<Environment, 'name' | 'releases'>;
  readonly provider: Pick<ClusterProvider, 'name' | 'simulation' | 'logs'>;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Lines of each container, or of the component; 100 without it. */
  readonly tail?: number | undefined;
  /** Of the containers before their last restart. */
  readonly previous?: boolean | undefined;
  /** Only what is newer than this, such as `10m`. */
  readonly since?: string | undefined;
  /** Called with each line, old and new, until the signal aborts. */
  readonly follow?: ((line: LogLine) => void) | undefined;
}

export type LogsResult =
  | { readonly kind: 'containers'; readonly release: string; readonly containers: readonly ContainerLog[] }
  /** No container runs: what the cluster tells about the release instead. */
  | {
      readonly kind: 'simulated';
      readonly release: string;
      readonly simulation: string;
      readonly pods: readonly PodState[];
      readonly events: readonly ClusterEvent[];
    }
  | { readonly kind: 'component'; readonly component: string; readonly file: string; readonly lines: readonly string[] }
  /** All lines went to the callback. */
  | { readonly kind: 'followed'; readonly of: string };

type Range = LogRange & { readonly tail: number };

/**
 * The logs of a release's containers or of a component of the cluster, as they are or as they come.
 * @throws PlatformError `usage` for options that make no sense, `conflict` when there is no such release or component
 */
export async function logs(of: LogsOf, options: LogsOptions): Promise<LogsResult> {
  const range = rangeOf(options);
  return 'release' in of ? releaseLogs(of.release, range, options) : componentLogs(of.component, range, options);
}

async function releaseLogs(name: string, range: Range, options: LogsOptions): Promise<LogsResult> {
  const { environment, provider, view, clock, signal, follow } = options;
  const client = await view.connection();
  if (!client) {
    throw new PlatformError('conflict', `the cluster of ${environment.name} is not running`, {
      suggestions: ['run `platform status` to see why, `platform up` to bring it up'],
    });
  }
  const release = await findInstalled(name, options);
  const workloads = (await view.workloads()).filter((workload) => workload.release === release);
  const pods = () => podsOfRelease(client, release, workloads, signal);
  if (provider.simulation !== undefined) {
    const found = await pods();
    const events = await listReleaseEvents(client, release, { workloads, pods: found }, signal);
    const newest = range.tail === 0 ? [] : events.slice(-range.tail);
    return { kind: 'simulated', release, simulation: provider.simulation, pods: found, events: newest };
  }
  if (follow) {
    await followContainers({ client, pods, range, clock, signal, onLine: follow });
    return { kind: 'followed', of: release };
  }
  const containers = (await pods()).flatMap((pod) => pod.containers.map((container) => ({ pod, container })));
  const read = containers.map(({ pod, container }) => readContainerLog(client, pod, container, range, signal));
  return { kind: 'containers', release, containers: await Promise.all(read) };
}

async function componentLogs(component: string, range: Range, options: LogsOptions): Promise<LogsResult> {
  const { environment, provider, clock, signal, follow } = options;
  if (range.previous || range.sinceSeconds !== undefined) {
    throw new PlatformError('usage', `the log of ${component} is a file: only its last lines can be asked for`);
  }
  const known = await provider.logs();
  const log = known.find(({ name }) => name === component);
  if (!log) {
    const names = known.map(({ name }) => name);
    throw new PlatformError('conflict', `${environment.name} has no log of a component ${component}`, {
      suggestions: [
        ...didYouMean(component, names),
        names.length > 0
          ? `there are logs of ${names.join(', ')}`
          : 'there are no component logs: `platform up` makes the cluster',
      ],
    });
  }
  const { lines, end } = await tailOf(log.file, range.tail);
  if (!follow) return { kind: 'component', component, file: log.file, lines };
  const say = (text: string) => {
    follow({ source: component, text });
  };
  lines.forEach(say);
  await followFile(log.file, end, say, { clock, signal });
  return { kind: 'followed', of: component };
}

function rangeOf({ tail = 100, since, previous, follow }: LogsOptions): Range {
  if (!Number.isInteger(tail) || tail < 0) {
    throw new PlatformError('usage', `${String(tail)} is not a number of lines`);
  }
  if (previous && follow) {
    throw new PlatformError('usage', 'the log of a container that has ended cannot be followed', {
      suggestions: ['leave out --previous or --follow'],
    });
  }
  return {
    tail,
    ...(since !== undefined && { sinceSeconds: Math.max(1, Math.ceil(parseDuration(since) / 1000)) }),
    ...(previous && { previous }),
  };
}
