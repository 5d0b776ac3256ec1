import { ApiError } from '../../src/kubernetes/api-errors.js';
import type { ClusterClient } from '../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../src/kubernetes/objects.js';

export interface FakeClient extends ClusterClient {
  /** Paths asked for, in order. */
  readonly paths: readonly string[];
  /** Items by collection path; changing one changes the next answer. */
  readonly lists: Record<string, readonly object[]>;
  /** Texts by path without its query. */
  readonly texts: Record<string, string>;
  /** Open streams: say a line, or end. */
  readonly streams: readonly {
    readonly path: string;
    say(line: string): void;
    end(): void;
    fail(error: Error): void;
  }[];
}

/** An API server of a few lists and texts; anything it does not know is empty, or not found. */
export function fakeClient(given: Partial<Pick<FakeClient, 'lists' | 'texts'>> = {}): FakeClient {
  const paths: string[] = [];
  const streams: FakeClient['streams'][number][] = [];
  const lists = { ...given.lists };
  const texts = { ...given.texts };
  const refuse = () => Promise.reject(new Error('this server is only read'));
  return {
    server: 'https://fake',
    requests: 0,
    paths,
    streams,
    lists,
    texts,
    list<T = KubernetesObject>(path: string) {
      paths.push(path);
      return Promise.resolve((lists[path] ?? []) as readonly T[]);
    },
    get: () => Promise.resolve(undefined),
    text(path) {
      paths.push(path);
      const text = texts[path.split('?')[0] ?? path];
      if (text !== undefined) return Promise.resolve(text);
      return Promise.reject(new ApiError(404, 'NotFound', `the API server refused GET ${path}: not found`, 'tool'));
    },
    stream: (path, onLine, signal) =>
      new Promise((resolve, reject) => {
        paths.push(path);
        streams.push({ path, say: onLine, end: resolve, fail: reject });
        signal.addEventListener('abort', () => {
          resolve();
        });
      }),
    apply: refuse,
    create: refuse,
    replace: refuse,
    patch: refuse,
    dryRun: refuse,
    delete: refuse,
    close: () => undefined,
  };
}

interface GivenPod {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Record<string, string>;
  readonly uid?: string;
  readonly status?: object;
  readonly container?: object;
  readonly env?: readonly object[];
}

/** A pod with one container `main`, running unless said otherwise. */
export function pod({
  name,
  namespace = 'apps',
  labels = {},
  uid = name,
  status,
  container,
  env = [],
}: GivenPod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels, uid },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'web:1', env }] },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name: 'main', ready: true, restartCount: 0, state: { running: {} }, ...container }],
      ...status,
    },
  };
}

export function event(object: { kind: string; name: string }, message: string, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${object.name}.1`, namespace: 'apps' },
    type: 'Warning',
    reason: 'Told',
    message,
    involvedObject: object,
    lastTimestamp: '2026-11-20T10:00:00Z',
    ...more,
  };
}

/** A Deployment of a Helm release, selecting `app: <name>`. */
export function deployment(name: string, release: string): object {
  const [namespace = '', releaseName = ''] = release.split('/');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      annotations: { 'meta.helm.sh/release-name': releaseName, 'meta.helm.sh/release-namespace': namespace },
    },
    spec: { replicas: 1, selector: { matchLabels: { app: name } } },
  };
}

/** The metadata of the Secret in which Helm keeps a release. */
export function helmSecret(release: string, revision = 1): object {
  const [namespace = '', name = ''] = release.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.${name}.v${String(revision)}`,
      namespace,
      labels: { name, owner: 'helm', status: 'deployed', version: String(revision) },
    },
  };
}
