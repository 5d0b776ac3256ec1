import { describe, expect, it } from 'vitest';
import type { Change, Intent, Restoration } from '../../../assets/apps/src/reaper/intent.js';
import { readIntent as readByReaper } from '../../../assets/apps/src/reaper/read-intent.js';
import { readIntent } from '../../../src/chaos/intent/read-intent.js';
import { intent, run, scaled } from '../given.js';

const configMap = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: `drill-${run}`, uid: 'uid-7' },
  data,
});
const written = (given: Partial<Record<keyof Intent, unknown>>) =>
  readIntent(configMap({ 'intent.json': JSON.stringify({ ...intent(), ...given }) }));

const all: readonly Change[] = [
  { ...scaled, autoscalers: ['/apis/autoscaling/v2/one'] } as Change,
  { type: 'object', path: '/a', subject: 'networkpolicy/a' },
  { type: 'cordon', path: '/n', uid: '1', subject: 'node/n', from: true },
  { type: 'annotation', collection: '/p', labelSelector: 'a=b', key: 'k', subject: 'load' },
  { type: 'pods', path: '/p/1', uid: '2', subject: 'pod/1', controller: '/sets/1' },
];

describe('an intent that is read', () => {
  it('is what was written, with every kind of change', () => {
    const restoration: Restoration = {
      by: 'reaper',
      at: '2026-11-20T10:05:00Z',
      results: [{ subject: 'a', outcome: 'foreign', detail: 'somebody set 3 replicas' }],
    };
    const data = {
      'intent.json': JSON.stringify(intent(all, ['/roles/one'])),
      heartbeat: 'now',
      'restoration.json': JSON.stringify(restoration),
    };
    expect(readIntent(configMap(data))).toEqual({
      ...{ name: `drill-${run}`, uid: 'uid-7', heartbeat: 'now', restoration },
      intent: intent(all, ['/roles/one']),
    });
  });

  it.each([
    ['nothing', {}, 'it has no intent.json'],
    ['no JSON', { 'intent.json': '{' }, /^its intent.json is no JSON: /],
    [
      'a torn restoration',
      { 'intent.json': JSON.stringify(intent()), 'restoration.json': '' },
      /^its restoration.json/,
    ],
  ])('says why it cannot be: %s', (_name, data, problem) => {
    expect(readIntent(configMap(data))).toMatchObject({
      name: `drill-${run}`,
      problem: typeof problem === 'string' ? problem : (expect.stringMatching(problem) as string),
    });
  });

  it.each([
    [{ version: 2 }, /^its intent.json is not as this version writes it: version: /],
    [{ changes: [{ type: 'flood', path: '/a' }] }, /changes.0.type/],
    [{ changes: [{ ...scaled, from: -1 }] }, /changes.0.from/],
    [{ startedAt: 'yesterday' }, /startedAt/],
  ])('says what another version wrote: %j', (given, problem) => {
    expect(written(given).problem).toMatch(problem);
  });
});

describe('the two readers of an intent', () => {
  it('understand each other: whatever is written here, the reaper reads', () => {
    const paths: readonly Change[] = [
      { ...scaled, autoscalers: ['/apis/autoscaling/v2/one'] } as Change,
      { type: 'object', path: '/api/v1/a', subject: 'networkpolicy/a' },
      { type: 'cordon', path: '/api/v1/nodes/n', uid: '1', subject: 'node/n', from: true },
      { type: 'annotation', collection: '/api/v1/p', labelSelector: 'a=b', key: 'k', subject: 'load' },
      { type: 'pods', path: '/api/v1/p/1', uid: '2', subject: 'pod/1', controller: '/apis/apps/v1/sets/1' },
    ];
    const given = intent(paths, ['/apis/rbac.authorization.k8s.io/v1/namespaces/a/roles/drill-1']);
    const { changes, ...rest } = given;
    expect(readByReaper(JSON.stringify(given))).toMatchObject(rest);
    expect(readByReaper(JSON.stringify(given))).toMatchObject({ changes: changes.map(({ type }) => ({ type })) });
    expect(readIntent(configMap({ 'intent.json': JSON.stringify(given) })).intent).toEqual(given);
  });
});
