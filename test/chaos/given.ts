import type { Change, Intent } from '../../assets/apps/src/reaper/intent.js';
import type { WorkloadTarget } from '../../src/chaos/drill.js';
import { intentPath } from '../../src/chaos/intent/intents.js';
import { newIntent } from '../../src/chaos/intent/new-intent.js';
import type { Clock } from '../../src/clock.js';
import type { ApiServer } from '../kubernetes/api-server.js';

export const run = '20261120t100000-abc';
export const started = Date.parse('2026-11-20T10:00:00Z');

/** A clock whose time passes only while somebody sleeps. */
export function givenClock(): Clock & { readonly slept: number[] } {
  const slept: number[] = [];
  let now = started;
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      // What is under way gets its turn, as it does while time passes.
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}

export const postgres: WorkloadTarget = { kind: 'statefulset', namespace: 'app-services', name: 'postgres' };
export const postgresPath = '/apis/apps/v1/namespaces/app-services/statefulsets/postgres';

export const scaled: Change = {
  type: 'scale',
  path: postgresPath,
  uid: 'postgres-1',
  subject: 'statefulset/postgres in app-services',
  from: 1,
  to: 0,
};

export function intent(changes: readonly Change[] = [scaled], grants: readonly string[] = []): Intent {
  const owner = 'ann@laptop/42';
  return newIntent({ run, drill: 'db-down', environment: 'shop', owner, startedAt: started, changes, grants });
}

/** The ConfigMap of an intent, as it is after a kill. */
export function putIntent(api: ApiServer, given: Intent = intent(), more: Readonly<Record<string, string>> = {}) {
  api.objects.set(intentPath(given.run), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: `drill-${given.run}`,
      namespace: 'platform-system',
      uid: `drill-${given.run}-uid`,
      resourceVersion: '1',
      labels: { 'platform.dev/drill': given.drill },
    },
    data: { 'intent.json': JSON.stringify(given), heartbeat: '0', ...more },
  });
}

export interface GivenWorkload {
  readonly replicas?: number;
  readonly ready?: number;
  readonly uid?: string;
  readonly selector?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A StatefulSet, or Deployment, with its scale. */
export function putWorkload(api: ApiServer, target: WorkloadTarget, given: GivenWorkload = {}): void {
  const { replicas = 1, ready = replicas, uid = `${target.name}-1`, selector, annotations = {} } = given;
  const path = `/apis/apps/v1/namespaces/${target.namespace}/${target.kind}s/${target.name}`;
  const metadata = { name: target.name, namespace: target.namespace, uid };
  api.objects.set(path, {
    kind: target.kind === 'deployment' ? 'Deployment' : 'StatefulSet',
    metadata,
    spec: {
      replicas,
      selector: selector ?? { matchLabels: { app: target.name } },
      template: { metadata: { annotations } },
    },
    status: { readyReplicas: ready },
  });
  api.objects.set(`${path}/scale`, {
    kind: 'Scale',
    metadata: { ...metadata, resourceVersion: '1' },
    spec: { replicas },
  });
}

export interface GivenPod {
  readonly owner?: { readonly kind: string; readonly uid: string; readonly name?: string };
  readonly created?: string;
  readonly ready?: boolean;
  readonly node?: string;
  readonly volumes?: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly phase?: string;
  readonly ending?: boolean;
}

/** A pod of PostgreSQL, unless said otherwise. */
function givenPod(name: string, given: GivenPod = {}) {
  const { owner = { kind: 'StatefulSet', uid: 'postgres-1' }, ready = true } = given;
  const controller = { apiVersion: 'apps/v1', name: owner.name ?? 'postgres', controller: true, ...owner };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'app-services',
      uid: `${name}-uid`,
      labels: given.labels ?? { app: 'postgres' },
      ...(given.annotations && { annotations: given.annotations }),
      ...(given.ending && { deletionTimestamp: '2026-11-20T10:00:00Z' }),
      creationTimestamp: given.created ?? '2026-11-20T09:00:00Z',
      ownerReferences: owner.kind === 'none' ? [] : [controller],
    },
    spec: { nodeName: given.node ?? 'node-1', volumes: given.volumes ?? [] },
    status: { phase: given.phase ?? 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}

export function putPod(api: ApiServer, name: string, given: GivenPod = {}): void {
  api.objects.set(`/api/v1/namespaces/app-services/pods/${name}`, givenPod(name, given));
}
