import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isOwnNamespace, namespaceSteps } from '../../src/releases/namespaces.js';
import type { Release } from '../../src/environment/environment.js';
import { cluster, context, type Cluster } from './cluster.js';
import { catalogueEntry, release } from './release.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

/** How often it was asked whether the environment is still ours. */
let asked = 0;
const ensureOwned = () => {
  asked += 1;
  return Promise.resolve();
};

const at = (level: string) => catalogueEntry('x', { podSecurity: { level, reason: 'it needs the host' } });
const restricted = release('auth');
const baseline = release('proxy', { catalogue: at('baseline') });
const privileged = release('exporter', { catalogue: at('privileged') });

function steps(tenants: readonly Release[], installed = tenants) {
  return namespaceSteps({ ...world, environment: 'dev', tenants, installed, needs: ['cluster'], ensureOwned });
}

function step(tenants: readonly Release[], installed = tenants) {
  const [found] = steps(tenants, installed);
  if (!found) throw new Error('there is no step');
  return found;
}

const told = release('agent', { podSecurity: { level: 'baseline', reason: 'it reads logs' } });

const path = '/api/v1/namespaces/shop';
const labelsOf = () => world.api.objects.get(path)?.metadata?.labels;
const wanted = {
  'platform.dev/environment': 'dev',
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/warn': 'restricted',
};

describe('the namespaces of some releases', () => {
  it('are one step each, however many releases are in them', () => {
    const found = steps([restricted, baseline, release('traefik', { namespace: 'traefik' })]);
    expect(found.map(({ id, needs }) => [id, needs])).toEqual([
      ['namespace/shop', ['cluster']],
      ['namespace/traefik', ['cluster']],
    ]);
  });

  it.each(['default', 'kube-system', 'kube-public', 'kube-node-lease'])(
    'are not ours where every cluster has %s',
    (namespace) => {
      expect(steps([release('x', { namespace })])).toEqual([]);
      expect(isOwnNamespace(namespace)).toBe(false);
    },
  );

  it('are none for releases that are not installed now', () => {
    expect(steps([restricted], [])).toEqual([]);
  });
});

describe('the Pod Security level of a namespace', () => {
  it.each<[string, readonly Release[]]>([
    ['restricted', [restricted]],
    ['baseline', [restricted, baseline]],
    ['privileged', [privileged, restricted, baseline]],
    ['baseline', [restricted, told]],
  ])('is %s, the loosest that any release in it needs', async (level, tenants) => {
    await step(tenants).apply(context());
    expect(labelsOf()).toEqual({
      ...wanted,
      'pod-security.kubernetes.io/enforce': level,
      'pod-security.kubernetes.io/warn': level,
    });
  });

  it('does not become stricter because only some of its releases take part in a run', async () => {
    await step([restricted, privileged], [restricted]).apply(context());
    expect(labelsOf()?.['pod-security.kubernetes.io/enforce']).toBe('privileged');
  });
});

describe('a namespace', () => {
  it('is made when it is not there', async () => {
    expect(await step([restricted]).check(context())).toEqual({ status: 'needed', reason: 'new' });
    await step([restricted]).apply(context());
    expect(await step([restricted]).check(context())).toEqual({ status: 'satisfied' });
  });

  it('is written only while the environment is still ours', async () => {
    asked = 0;
    await step([restricted]).apply(context());
    expect(asked).toBe(1);
  });

  it('is labelled again when somebody changed a label of ours, and only then', async () => {
    const labels = { ...wanted, 'pod-security.kubernetes.io/enforce': 'baseline', team: 'shop' };
    world.api.objects.set(path, { metadata: { name: 'shop', labels } });
    expect(await step([restricted]).check(context())).toEqual({
      status: 'needed',
      reason: 'its label pod-security.kubernetes.io/enforce is not restricted',
    });
    world.view.forget();
    world.api.objects.set(path, { metadata: { name: 'shop', labels: { ...wanted, team: 'shop' } } });
    expect(await step([restricted]).check(context())).toEqual({ status: 'satisfied' });
  });

  it('that is still ending is waited for, and then made anew', async () => {
    const conditions = [
      { type: 'NamespaceContentRemaining', status: 'True', message: 'Some resources are remaining: pods. has 2' },
      { type: 'NamespaceDeletionContentFailure', status: 'False', message: 'All content successfully deleted' },
    ];
    const ending = { metadata: { name: 'shop', labels: wanted }, status: { phase: 'Terminating', conditions } };
    world.api.objects.set(path, ending);
    expect(await step([restricted]).check(context())).toEqual({
      status: 'needed',
      reason: 'the former one is still ending',
    });
    world.onSleep = (elapsed) => {
      if (elapsed > 2_000) world.api.objects.delete(path);
    };
    const said = context();
    await step([restricted]).apply(said);
    expect(said.messages[0]).toBe('waiting for the end of the former one: Some resources are remaining: pods. has 2');
    expect(world.api.objects.get(path)).not.toHaveProperty('status');
    expect(labelsOf()).toEqual(wanted);
  });
});
