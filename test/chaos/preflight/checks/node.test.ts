import { describe, expect, it } from 'vitest';
import { checkNode } from '../../../../src/chaos/preflight/checks/node.js';
import type { NodeFacts } from '../../../../src/chaos/preflight/facts/node.js';
import { givenDrill, givenFacts, givenPod, inWords, postgres } from '../given.js';

const node = (name: string, isCordoned = false, isReady = true) => ({ name, isReady, isCordoned });
const pair = { nodes: [node('worker'), node('worker2')], candidates: ['worker'], pods: [], budgets: [] };
const found = (facts: Partial<NodeFacts>, drained: string | typeof postgres = 'worker') =>
  inWords(
    checkNode(
      givenDrill({ fault: { type: 'drain', node: drained } }),
      givenFacts({ node: { answer: { ...pair, ...facts } } }),
      {},
    ),
  );

describe('a node that is drained', () => {
  it('can be where its pods have somewhere to go', () => {
    expect(found({})).toEqual(['ok: node worker can be drained']);
    expect(found({ candidates: ['worker', 'worker2'] }, postgres)).toEqual([
      'ok: node worker or worker2 can be drained',
    ]);
  });

  it('is missing', () => {
    expect(found({}, 'worker3')).toEqual(['refused fault: there is no node worker3']);
    expect(found({ candidates: [] }, postgres)).toEqual([
      'refused fault: no node runs a pod of statefulset/postgres in app-services',
    ]);
    const facts = givenFacts({ node: { problem: 'no answer' } });
    expect(inWords(checkNode(givenDrill({ fault: { type: 'drain', node: 'x' } }), facts, {}))).toEqual([
      'refused fault: no answer',
    ]);
  });

  it('is cordoned already', () => {
    expect(found({ nodes: [node('worker', true), node('worker2')] })).toEqual([
      'inconclusive fault: node worker takes no pods already: somebody has cordoned it',
    ]);
  });

  it.each([
    [[node('worker')]],
    [[node('worker'), node('worker2', true)]],
    [[node('worker'), node('worker2', false, false)]],
  ])('is the only one that takes pods: %j', (nodes) => {
    expect(found({ nodes })).toEqual(['refused fault: there is no other node that takes the pods of worker']);
  });

  it('is held back by a budget that lets nothing go', () => {
    const pods = [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p', namespace: 'a', labels: { app: 'x' } },
        spec: givenPod(),
      },
    ];
    const budget = (app: string, disruptionsAllowed: number, namespace = 'a') => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace },
      spec: { selector: { matchLabels: { app } } },
      status: { disruptionsAllowed },
    });
    expect(found({ pods, budgets: [budget('x', 0)] })).toEqual([
      'weakness fault: the disruption budget b in a lets none of its pods go',
    ]);
    expect(found({ pods, budgets: [budget('x', 1), budget('y', 0), budget('x', 0, 'b')] })[0]).toContain('ok:');
  });

  it('is of no matter to other faults', () => {
    expect(checkNode(givenDrill(), givenFacts(), {})).toEqual([]);
  });
});
