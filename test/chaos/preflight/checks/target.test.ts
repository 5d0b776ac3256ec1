import { describe, expect, it } from 'vitest';
import type { Fault, WorkloadTarget } from '../../../../src/chaos/drill.js';
import { checkTarget } from '../../../../src/chaos/preflight/checks/target.js';
import type { TargetObject } from '../../../../src/chaos/workload/workload.js';
import { givenDrill, givenFacts, givenTarget, inWords, postgres, scaleToZero } from '../given.js';

const found = (object: TargetObject | undefined, fault: Fault = scaleToZero, others: readonly WorkloadTarget[] = []) =>
  checkTarget(
    givenDrill({ fault }),
    givenFacts({ target: { answer: { ...(object && { object }), pods: [], others } } }),
    {},
  );
const subject = 'statefulset/postgres in app-services';

describe('the target of a drill', () => {
  it('is there, whole and settled', () => {
    expect(inWords(found(givenTarget({ replicas: 2 })))).toEqual([`ok: ${subject} has 2 of 2 pods ready`]);
  });

  it.each<[string, readonly WorkloadTarget[], string]>([
    ['of the same name elsewhere', [{ ...postgres, namespace: 'data' }], 'did you mean statefulset/postgres in data?'],
    ['of the other kind', [{ ...postgres, kind: 'deployment' }], 'did you mean deployment/postgres in app-services?'],
    ['called alike', [{ ...postgres, name: 'postgress' }], 'did you mean statefulset/postgress in app-services?'],
    ['of another name', [{ ...postgres, name: 'auth' }], 'see `platform status` for what there is'],
  ])('is missing, and one %s is named', (_, others, fix) => {
    expect(found(undefined, scaleToZero, others)).toEqual([
      { check: 'target', level: 'refused', link: 'fault', message: `there is no ${subject}`, fix: [fix] },
    ]);
  });

  it('cannot be asked for', () => {
    const facts = givenFacts({ target: { problem: 'the API server does not answer' } });
    expect(inWords(checkTarget(givenDrill(), facts, {}))).toEqual(['refused fault: the API server does not answer']);
  });

  it('is not ready', () => {
    const target = givenTarget();
    expect(inWords(found({ ...target, status: { ...target.status, readyReplicas: 0 } }))).toEqual([
      `inconclusive fault: ${subject} is not settled: 0 of 1 pods ready`,
    ]);
  });

  it('is paused in the middle of a change', () => {
    expect(inWords(found(givenTarget({ paused: true })))).toEqual([
      `inconclusive fault: ${subject} is paused: a change of it is not finished`,
    ]);
  });

  it('is as the fault would make it', () => {
    expect(inWords(found(givenTarget({ replicas: 0 })))).toEqual([
      `inconclusive fault: ${subject} is at 0 already: the fault would change nothing`,
    ]);
    expect(inWords(found(givenTarget({ replicas: 0 }), { type: 'kill', target: postgres, count: 'all' }))).toEqual([
      `inconclusive fault: ${subject} has no pods: it is scaled to 0`,
    ]);
  });

  it('is none where a node is named', () => {
    expect(found(givenTarget(), { type: 'drain', node: 'worker' })).toEqual([]);
  });
});
