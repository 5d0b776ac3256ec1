import { afterAll, beforeAll, expect, it } from 'vitest';
import { courseOf } from '../../../src/chaos/sight/effect.js';
import { effectOf } from '../../../src/chaos/sight/effect-of-fault.js';
import { surroundingsOf } from '../../../src/chaos/sight/surroundings.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
let client: ClusterClient;
beforeAll(async () => {
  plane = await controlPlane('sight');
  await plane.provider.create(stepContext());
  client = await plane.client();
});
afterAll(() => plane.dispose());

const { signal } = new AbortController();
const namespace = 'default';
const web = { kind: 'deployment', namespace, name: 'web' } as const;
const app = { app: 'web' };

it('finds the pods, the node, the Services and the autoscaler of a Deployment as they really are', async () => {
  const container = { name: 'web', image: 'registry.example/web:1' };
  const template = { metadata: { labels: app }, spec: { containers: [container] } };
  const objects: readonly (KubernetesObject & { readonly spec: object })[] = [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace },
      spec: { replicas: 2, selector: { matchLabels: app }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { selector: app, ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web-scaler', namespace },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
    },
  ];
  for (const object of objects) await client.apply(object);

  const around = await eventually(async () => {
    const found = await surroundingsOf({ type: 'scale', target: web, replicas: 0 }, client, signal);
    return found.pods.length === 2 && found.pods.every(({ address }) => address !== undefined) ? found : undefined;
  });

  expect(around.services).toEqual([{ namespace, name: 'web' }]);
  expect(around.autoscalers).toEqual([{ namespace, name: 'web-scaler' }]);
  for (const pod of around.pods) {
    expect(pod.workload).toEqual(web);
    expect(pod.name.startsWith(`${pod.replicaSet ?? 'none'}-`)).toBe(true);
  }
  const effect = effectOf({ type: 'scale', target: web, replicas: 0 }, around);
  const [first] = around.pods;
  expect(courseOf(effect, { __name__: 'up', namespace, pod: first?.name ?? '' })).toEqual({ type: 'gone' });

  const drained = await surroundingsOf({ type: 'drain', node: web }, client, signal);
  expect(drained.node).toBeDefined();
  expect(drained.pods.map(({ name }) => name)).toEqual(expect.arrayContaining(around.pods.map(({ name }) => name)));
});
