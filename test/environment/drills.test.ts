import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../src/environment/load.js';
import { readDrillFile } from '../../src/environment/drills.js';
import type { Problem } from '../../src/environment/problems.js';
import { complaintsOf, folderWith, header, library, load } from './fixture.js';

describe('the drills of an environment', () => {
  it('come from a file that is named in full where nobody stands beside it', async () => {
    const folder = await folderWith({ 'platform.yaml': `${header}blueprint: shop\ndrills: { store-down: {} }\n` });
    const file = join(folder, 'platform.yaml');

    const { drills } = await loadEnvironment({ file, cwd: '/', target: 'local', library });

    expect(drills['store-down']?.origin).toBe(file);
  });

  it('are merged, dropped where they are null, and have the words put in', async () => {
    const { drills } = await load(
      'blueprint: shop\ndrills: { never: null, store-down: { expect: { alerts: [StoreDown] }, budgets: { pending: 1m30s } } }',
    );

    expect(drills).toEqual({
      'store-down': {
        name: 'store-down',
        summary: 'store-down',
        origin: 'platform.yaml',
        fault: { type: 'scale', target: { kind: 'deployment', namespace: 'shop', name: 'store' }, replicas: 0 },
        expect: { symptom: { url: 'https://store.shop.test/', status: 503 }, alerts: ['StoreDown'], mayFire: [] },
        budgets: { pending: 90_000 },
        holdMs: 0,
      },
    });
  });

  it('have another fault as a whole where a stronger layer names one of another kind', async () => {
    const { drills } = await load(
      'blueprint: shop\ndrills: { never: null, store-down: { fault: { kill: statefulset/store, namespace: shop, count: all } } }',
    );

    expect(drills['store-down']?.fault).toEqual({
      type: 'kill',
      target: { kind: 'statefulset', namespace: 'shop', name: 'store' },
      count: 'all',
    });
  });

  it('change single words of a fault where a stronger layer names no kind', async () => {
    const { drills } = await load('blueprint: shop\ndrills: { store-down: { fault: { to: 1 } } }');

    expect(drills['store-down']?.fault).toMatchObject({ type: 'scale', replicas: 1 });
  });

  it('have what a load says nothing of', async () => {
    const { drills } = await load(
      'drills: { rush: { fault: { load: "http://{domain}/", of: deployment/a, namespace: b }, expect: { autoscaler: { name: a } } } }',
    );

    expect(drills['rush']).toMatchObject({
      fault: {
        url: 'http://shop.localhost/',
        target: { kind: 'deployment', namespace: 'b', name: 'a' },
        requests: 100_000,
        workers: 100,
        tool: 'hey',
        atMostMs: 300_000,
      },
      expect: { autoscaler: { name: 'a', namespace: 'b' }, load: { successRatio: 0.99 } },
    });
  });

  it.each([
    ['{ a: { expect: { alerts: [A] } } }', 'the drill a has no fault'],
    ['{ a: { fault: { to: 0 }, expect: { alerts: [A] } } }', 'the drill a has no fault'],
    [
      '{ a: { fault: { scale: deployment/x, kill: deployment/x, namespace: n, to: 0 }, expect: { alerts: [A] } } }',
      'the drill a has more than one fault: scale, kill',
    ],
    ['{ a: { fault: { scale: deployment/x, to: 0 }, expect: { alerts: [A] } } }', 'the fault of a has no namespace'],
    ['{ a: { fault: { scale: deployment/x, namespace: n }, expect: { alerts: [A] } } }', 'the fault of a has no to'],
    ['{ a: { fault: { drain: deployment/x }, expect: { alerts: [A] } } }', 'the fault of a has no namespace'],
    [
      '{ a: { fault: { kill: deployment/x, namespace: n, workers: 3 }, expect: { alerts: [A] } } }',
      'workers says nothing about the fault kill',
    ],
    ['{ a: { fault: { drain: node/x } } }', 'the drill a has no expectation, so nothing could be found'],
    [
      '{ a: { fault: { drain: node/x }, expect: { symptom: { url: "http://a/" } } } }',
      'the drill a has no status for its symptom',
    ],
    [
      '{ a: { fault: { drain: node/x }, expect: { alerts: [A], load: { successes: 1 } } } }',
      'the drill a makes no load',
    ],
    ['{ a: { fault: { scale: postgres } } }', 'drills.a.fault.scale is "postgres"'],
    ['{ a: { budgets: { alert: 5s } } }', 'budgets'],
  ])('say what is wrong with %s', async (drills, complaint) => {
    expect((await complaintsOf(load(`drills: ${drills}`))).join('\n')).toContain(complaint);
  });

  it('come with the default blueprint, each from its own file', async () => {
    const cwd = await folderWith({});

    const { drills } = await loadEnvironment({ cwd, target: 'local', name: 'shop' });

    expect(Object.keys(drills)).toEqual(['db-down', 'load', 'pod-kill', 'node-drain', 'network-cut']);
    expect(drills['db-down']).toMatchObject({
      fault: { type: 'scale', target: { kind: 'statefulset', namespace: 'app-services', name: 'postgres' } },
      expect: { symptom: { url: 'https://webportal.shop.localhost/login', status: 503 }, receiver: 'inbox' },
    });
  });
});

describe('a drill in a file of its own', () => {
  const words = { domain: 'shop.test', environment: 'shop' };
  const read = async (content: string) => {
    const folder = await folderWith({ 'mine.yaml': `apiVersion: platform/v1alpha1\nkind: Drill\n${content}` });
    const problems: Problem[] = [];
    const options = { name: 'mine', origin: 'mine.yaml', words };
    const drill = await readDrillFile(join(folder, 'mine.yaml'), options, (problem) => problems.push(problem));
    return { drill, problems };
  };

  it('is read as those of an environment are', async () => {
    const { drill, problems } = await read(
      'summary: Mine\nfault: { cut: deployment/a, namespace: b }\nexpect: { symptom: { url: "https://a.{domain}/", status: 504 } }\n',
    );

    expect(problems).toEqual([]);
    expect(drill).toMatchObject({
      name: 'mine',
      summary: 'Mine',
      origin: 'mine.yaml',
      fault: { type: 'cut', direction: 'both' },
      expect: { symptom: { url: 'https://a.shop.test/' } },
    });
  });

  it('is told what it lacks, and where', async () => {
    const { drill, problems } = await read('fault: { scale: deployment/a, namespace: b }\nexpect: { alerts: [A] }\n');

    expect(drill).toBeUndefined();
    expect(problems).toMatchObject([{ file: 'mine.yaml', line: 3, message: 'the fault of mine has no to' }]);
  });
});
