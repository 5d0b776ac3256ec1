import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { findObstacles } from '../../../src/kubernetes/diagnosis.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { listPods } from '../../../src/kubernetes/pods.js';
import {
  readWorkload,
  workloadPaths,
  type Workload,
  type WorkloadKind,
  type WorkloadObject,
} from '../../../src/kubernetes/workloads.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
beforeAll(async () => {
  plane = await controlPlane('sim');
  await plane.provider.create(stepContext());
  client = await plane.client();
  await client.apply(namespace('default-like', {}));
  await client.apply(namespace('strict', { 'pod-security.kubernetes.io/enforce': 'restricted' }));
  // Metrics of fresh pods come late, so the load begins before the other tests.
  await startLoad();
});
afterAll(() => plane.dispose());

type Template = Readonly<Record<string, unknown>>;

function namespace(name: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

function object(apiVersion: string, kind: string, name: string, rest: object, inside = 'default'): KubernetesObject {
  return { apiVersion, kind, metadata: { name, namespace: inside }, ...rest };
}

const container = (more: object = {}) => ({ name: 'main', image: 'registry.example/web:1', ...more });

/** A pod template of an app; what is in `spec` comes beside its container. */
function template(app: string, { container: more = {}, annotations = {}, ...spec }: Template = {}) {
  return { metadata: { labels: { app }, annotations }, spec: { containers: [container(more as object)], ...spec } };
}

function workload(kind: WorkloadKind, app: string, spec: object, pods: Template = {}, inside = 'default') {
  const selector = { matchLabels: { app } };
  return object('apps/v1', kind, app, { spec: { selector, template: template(app, pods), ...spec } }, inside);
}

async function look(kind: WorkloadKind, name: string, inside = 'default'): Promise<Workload | undefined> {
  const path = workloadPaths[kind].replace('/v1/', `/v1/namespaces/${inside}/`);
  const found = await client.get<WorkloadObject>(`${path}/${name}`);
  return found && readWorkload(kind, found);
}

function untilReady(kind: WorkloadKind, name: string, wanted: number): Promise<Workload> {
  return eventually(async () => {
    const found = await look(kind, name);
    return found?.waitingFor === undefined && found?.wanted === wanted ? found : undefined;
  });
}

/** What stands in the way of a workload, once something does. */
function obstaclesOf(kind: WorkloadKind, name: string, inside: string) {
  return eventually(async () => {
    const found = await look(kind, name, inside);
    const obstacles = found ? await findObstacles(client, found, AbortSignal.timeout(10_000)) : [];
    return obstacles.length > 0 ? obstacles : undefined;
  });
}

async function startLoad(): Promise<void> {
  const requests = { resources: { requests: { cpu: '100m' } } };
  const annotations = { 'platform.dev/simulated-cpu': '300m' };
  await client.apply(workload('Deployment', 'busy', { replicas: 1 }, { container: requests, annotations }));
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'busy' };
  const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 4, metrics: [cpu] };
  await client.apply(object('autoscaling/v2', 'HorizontalPodAutoscaler', 'busy', { spec }));
}

describe('workloads on simulated nodes', () => {
  it('become ready, of each kind', async () => {
    await client.apply(workload('Deployment', 'web', { replicas: 3 }));
    await client.apply(workload('DaemonSet', 'agent', {}));
    const found = await Promise.all([untilReady('Deployment', 'web', 3), untilReady('DaemonSet', 'agent', 1)]);
    expect(found.map(({ ready }) => ready)).toEqual([3, 1]);
  });

  it('stay off the control-plane node', async () => {
    await untilReady('Deployment', 'web', 3);
    const pods = (await listPods(client, 'default')).filter(({ name }) => name.startsWith('web-'));
    expect(new Set(pods.map(({ node }) => node))).toEqual(new Set(['sim-worker']));
  });

  it('roll to a new version, and are not ready while they do', async () => {
    const seen = new Set<string>();
    await client.apply(
      workload('Deployment', 'web', { replicas: 3 }, { container: { image: 'registry.example/web:2' } }),
    );
    await eventually(async () => {
      const found = await look('Deployment', 'web');
      if (found?.waitingFor !== undefined) seen.add(found.waitingFor);
      return seen.size > 0 && found?.waitingFor === undefined ? true : undefined;
    });
    expect(seen.size).toBeGreaterThan(0);
    // Old pods do not count any more while they end.
    await eventually(async () => {
      const pods = (await listPods(client, 'default')).filter(({ name }) => name.startsWith('web-'));
      return pods.length === 3 ? true : undefined;
    });
  });

  it('are ready when scaled to zero, and their pods are gone', async () => {
    await client.apply(workload('Deployment', 'web', { replicas: 0 }));
    await untilReady('Deployment', 'web', 0);
    await eventually(async () =>
      (await listPods(client, 'default')).some(({ name }) => name.startsWith('web-')) ? undefined : true,
    );
  });

  it('that are a StatefulSet heed their partition', async () => {
    const spec = (partition: number) => ({
      replicas: 3,
      serviceName: 'db',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
    });
    await client.apply(workload('StatefulSet', 'db', spec(0)));
    await untilReady('StatefulSet', 'db', 3);
    await client.apply(workload('StatefulSet', 'db', spec(2), { container: { image: 'registry.example/db:2' } }));
    await untilReady('StatefulSet', 'db', 3);
    const images = (await listPods(client, 'default'))
      .filter(({ name }) => name.startsWith('db-'))
      .map(({ name, containers }) => [name, containers[0]?.image]);
    expect(Object.fromEntries(images)).toEqual({
      'db-0': 'registry.example/web:1',
      'db-1': 'registry.example/web:1',
      'db-2': 'registry.example/db:2',
    });
  });

  it('that are a Job complete', async () => {
    const spec = { template: { spec: { restartPolicy: 'Never', containers: [container()] } } };
    await client.apply(object('batch/v1', 'Job', 'migrate', { spec }));
    await eventually(async () => {
      const job = await client.get<KubernetesObject & { status?: { succeeded?: number } }>(
        '/apis/batch/v1/namespaces/default/jobs/migrate',
      );
      return job?.status?.succeeded === 1 ? true : undefined;
    });
  });
});

describe('what else a cluster gives', () => {
  it('is a volume for each claim, and its folder', async () => {
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const spec = { replicas: 2, serviceName: 'store', volumeClaimTemplates: [claim] };
    const mounts = { container: { volumeMounts: [{ name: 'data', mountPath: '/data' }] } };
    await client.apply(workload('StatefulSet', 'store', spec, mounts));
    await untilReady('StatefulSet', 'store', 2);
    expect(await volumePaths()).toHaveLength(2);
    expect((await volumePaths()).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('is an address for each load balancer', async () => {
    const spec = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] };
    await client.apply(object('v1', 'Service', 'edge', { spec }));
    await eventually(async () => {
      const service = await client.get<
        KubernetesObject & { status?: { loadBalancer?: { ingress?: { ip?: string }[] } } }
      >('/api/v1/namespaces/default/services/edge');
      return service?.status?.loadBalancer?.ingress?.[0]?.ip === '127.0.0.1' ? true : undefined;
    });
  });
});

describe('what stands in the way of a workload', () => {
  it('is told when no node has room for it', async () => {
    const tooMuch = { container: { resources: { requests: { cpu: '1000' } } } };
    await client.apply(workload('Deployment', 'large', { replicas: 1 }, tooMuch));
    expect(await obstaclesOf('Deployment', 'large', 'default')).toMatchObject([
      { reason: 'Unschedulable', message: expect.stringContaining('Insufficient cpu') as string, fatal: true },
    ]);
  });

  it('is told when the Pod Security level of the namespace refuses it', async () => {
    await client.apply(workload('Deployment', 'root', { replicas: 1 }, {}, 'strict'));
    expect(await obstaclesOf('Deployment', 'root', 'strict')).toMatchObject([
      { reason: 'FailedCreate', message: expect.stringContaining('violates PodSecurity') as string, fatal: true },
    ]);
  });

  it('is told when a quota is used up', async () => {
    const hard = { spec: { hard: { pods: '0' } } };
    await client.apply(object('v1', 'ResourceQuota', 'none', hard, 'default-like'));
    // It refuses nothing before its controller has counted.
    await eventually(async () => {
      const path = '/api/v1/namespaces/default-like/resourcequotas/none';
      return (await client.get<KubernetesObject & { status?: { hard?: object } }>(path))?.status?.hard;
    });
    await client.apply(workload('StatefulSet', 'many', { replicas: 1, serviceName: 'many' }, {}, 'default-like'));
    expect(await obstaclesOf('StatefulSet', 'many', 'default-like')).toMatchObject([
      { object: 'StatefulSet/many', message: expect.stringContaining('exceeded quota') as string, fatal: true },
    ]);
  });

  it('is forgotten when it was corrected', async () => {
    await obstaclesOf('Deployment', 'large', 'default');
    const less = { container: { resources: { requests: { cpu: '1' } } } };
    await client.apply(workload('Deployment', 'large', { replicas: 1 }, less));
    const found = await untilReady('Deployment', 'large', 1);
    expect(await findObstacles(client, found, AbortSignal.timeout(10_000))).toEqual([]);
  });
});

describe('a rehearsed load', () => {
  it('moves a real autoscaler', async () => {
    const found = await eventually(async () => {
      const busy = await look('Deployment', 'busy');
      return (busy?.wanted ?? 0) > 1 ? busy : undefined;
    }, 240_000);
    expect(found.wanted).toBeGreaterThan(1);
  }, 260_000);
});

describe('the end of the cluster', () => {
  it('takes its volumes with it', async () => {
    const paths = await volumePaths();
    const removed = await plane.provider.delete(stepContext());
    for (const path of paths) expect(removed).toContain(`volume ${path}`);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    expect(await plane.provider.remains()).toEqual([]);
  });
});

async function volumePaths(): Promise<string[]> {
  const volumes = await client.list<KubernetesObject & { spec: { hostPath?: { path: string } } }>(
    '/api/v1/persistentvolumes',
  );
  return volumes.flatMap(({ spec }) => spec.hostPath?.path ?? []);
}
