import { describe, expect, it } from 'vitest';
import type { Drill } from '../../../../src/chaos/drill.js';
import { checkAutoscaler } from '../../../../src/chaos/preflight/checks/autoscaler.js';
import type { Autoscaler } from '../../../../src/chaos/autoscaling/autoscaler.js';
import type { AutoscalerFacts } from '../../../../src/chaos/preflight/facts/autoscaler.js';
import { burden, givenAutoscaler, givenDrill, givenFacts, givenPod, inWords, now, postgres } from '../given.js';

const expects = (reaches?: number): Drill =>
  givenDrill({
    fault: burden,
    expect: {
      alerts: [],
      mayFire: [],
      autoscaler: { namespace: 'app-services', name: 'images', ...(reaches !== undefined && { reaches }) },
    },
  });
const facts = (autoscaler: Autoscaler | undefined, more: Partial<AutoscalerFacts> = {}) =>
  givenFacts({
    autoscaler: { answer: { ...(autoscaler && { autoscaler }), names: ['images'], pods: [givenPod()], ...more } },
  });
const found = (autoscaler: Autoscaler | undefined, drill = expects(), more: Partial<AutoscalerFacts> = {}) =>
  inWords(checkAutoscaler(drill, facts(autoscaler, more), {}));
const subject = 'autoscaler images in app-services';
const able = { type: 'AbleToScale', status: 'True' };

describe('the autoscaler of a drill', () => {
  it('can scale and stands still', () => {
    expect(found(givenAutoscaler())).toEqual([`ok: ${subject} can scale and stands still`]);
    expect(found(givenAutoscaler(), expects(10))[0]).toContain('ok:');
  });

  it('is told whether it stands still, and since when it cannot scale, by its own clock', () => {
    const behind = { at: now + 360_000, apiServerClock: { ms: -360_000, uncertaintyMs: 500 } };
    const judged = (autoscaler: Autoscaler) =>
      inWords(checkAutoscaler(expects(), { ...facts(autoscaler), ...behind }, {}));
    const status = { currentReplicas: 4, desiredReplicas: 4, lastScaleTime: new Date(now - 10_000).toISOString() };
    expect(judged(givenAutoscaler({}, status))).toEqual([
      `inconclusive: ${subject} does not stand still: it scaled 10.0s ago and may scale down for 5m`,
    ]);
    const lastTransitionTime = new Date(now - 10_000).toISOString();
    const unknown = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', lastTransitionTime };
    expect(judged(givenAutoscaler({}, { conditions: [able, unknown] }))).toEqual([
      `inconclusive: ${subject} does not know yet what its pods use (FailedGetResourceMetric)`,
    ]);
  });

  it('is missing', () => {
    expect(checkAutoscaler(expects(), facts(undefined, { names: ['image'] }), {})).toEqual([
      {
        check: 'autoscaler',
        level: 'weakness',
        message: 'there is no autoscaler images',
        fix: ['did you mean image?'],
      },
    ]);
    const nobody = givenFacts({ autoscaler: { problem: 'no answer' } });
    expect(inWords(checkAutoscaler(expects(), nobody, {}))).toEqual(['inconclusive: no answer']);
  });

  it.each<[string, Autoscaler, number | undefined, string]>([
    [
      'cannot',
      givenAutoscaler({ minReplicas: 10 }),
      undefined,
      'weakness: $ cannot scale: its minimum is its maximum, 10',
    ],
    ['may not', givenAutoscaler(), 12, 'weakness: $ may have 10 replicas at most, and the drill expects 12'],
    [
      'has already',
      givenAutoscaler({}, { currentReplicas: 10, desiredReplicas: 10 }),
      undefined,
      'inconclusive: $ is at its maximum of 10 already',
    ],
    ['is there already', givenAutoscaler(), 2, 'inconclusive: $ has 2 replicas already, and is to reach 2'],
    [
      'has no metrics',
      givenAutoscaler(
        {},
        {
          conditions: [
            able,
            { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message: 'no metrics' },
          ],
        },
      ),
      undefined,
      'weakness: $ would not scale: ScalingActive is False (FailedGetResourceMetric: no metrics)',
    ],
    [
      'was not looked at',
      givenAutoscaler({}, { conditions: [able] }),
      undefined,
      'inconclusive: $ does not say yet whether it can scale: no condition ScalingActive',
    ],
  ])('%s', (_, autoscaler, reaches, words) => {
    expect(found(autoscaler, expects(reaches))).toEqual([words.replace('$', subject)]);
  });

  it('knows nothing yet of pods that are new', () => {
    const since = (ms: number, more: Partial<AutoscalerFacts> = {}) => {
      const lastTransitionTime = new Date(now - ms).toISOString();
      const blind = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', lastTransitionTime };
      return checkAutoscaler(expects(), facts(givenAutoscaler({}, { conditions: [able, blind] }), more), {});
    };
    expect(since(30_000)).toEqual([
      {
        check: 'autoscaler',
        level: 'inconclusive',
        message: `${subject} does not know yet what its pods use (FailedGetResourceMetric)`,
        fix: ['try again in 1m 30s: of new pods there are no metrics yet'],
      },
    ]);
    expect(inWords(since(120_000))[0]).toContain('weakness:');
    // Where they are measured each minute.
    expect(inWords(since(120_000, { metricsResolutionMs: 60_000 }))[0]).toContain('inconclusive:');
  });

  it('needs a request of every container for what it goes by', () => {
    const pods = [{ containers: [...givenPod().containers, { name: 'sidecar' }] }];
    const words = `weakness: ${subject} would not scale: container sidecar requests no cpu`;
    expect(found(givenAutoscaler(), expects(), { pods })).toEqual([words]);
    // Which is why it does not know what they use: not because they are new.
    const blind = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' };
    const conditions = [able, { ...blind, lastTransitionTime: new Date(now).toISOString() }];
    expect(found(givenAutoscaler({}, { conditions }), expects(), { pods })).toEqual([words]);
    // A value, not a share of what is requested.
    const byValue = { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue' } } };
    expect(found(givenAutoscaler({ metrics: [byValue] }), expects(), { pods })[0]).toContain('ok:');
  });

  it('is told as well where the load names none', () => {
    const drill = givenDrill({ fault: burden, expect: { alerts: [], mayFire: [] } });
    expect(found(givenAutoscaler({ minReplicas: 10 }), drill)[0]).toContain('cannot scale');
  });
});

describe('an autoscaler that does not stand still', () => {
  const status = (more: Partial<Autoscaler['status']>) =>
    givenAutoscaler({}, { currentReplicas: 6, desiredReplicas: 6, ...more });
  const ago = (ms: number) => new Date(now - ms).toISOString();
  const words = (reason: string) => [`inconclusive: ${subject} does not stand still: ${reason}`];

  it('wants another number', () => {
    expect(found(status({ desiredReplicas: 4 }))).toEqual(words('it has 6 replicas and wants 4'));
  });

  it('has scaled within the time that it waits before it scales down', () => {
    const recent = status({ lastScaleTime: ago(100_000) });
    expect(found(recent)).toEqual(words('it scaled 1m 40s ago and may scale down for 5m'));
    expect(checkAutoscaler(expects(), facts(recent), {})[0]?.fix).toEqual(['try again in 3m 20s']);
    expect(found(status({ lastScaleTime: ago(300_000) }))[0]).toContain('ok:');
    const quick = { behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } };
    expect(found({ ...recent, spec: { ...recent.spec, ...quick } })[0]).toContain('ok:');
  });

  it('cannot come down any further', () => {
    expect(found(givenAutoscaler({}, { lastScaleTime: ago(10_000) }))[0]).toContain('ok:');
  });

  it('holds more than it needs', () => {
    const held = { type: 'AbleToScale', status: 'True', reason: 'ScaleDownStabilized' };
    const active = { type: 'ScalingActive', status: 'True' };
    expect(found(status({ conditions: [held, active], lastScaleTime: ago(200_000) }))).toEqual(
      words('it holds 6 replicas though it needs fewer'),
    );
  });
});

describe('the autoscaler of a target that is scaled', () => {
  const scaled = (replicas: number) => givenDrill({ fault: { type: 'scale', target: postgres, replicas } });

  it('is off at zero, and fights any other number', () => {
    expect(found(givenAutoscaler(), scaled(0))).toEqual([`note: ${subject} is switched off while its target is at 0`]);
    expect(found(givenAutoscaler(), scaled(1))[0]).toContain(
      `inconclusive fault: ${subject} would change statefulset/postgres in app-services from 1 replicas`,
    );
  });

  it('is of no matter where there is none', () => {
    expect(checkAutoscaler(scaled(0), givenFacts({ autoscaler: { answer: undefined } }), {})).toEqual([]);
  });
});
