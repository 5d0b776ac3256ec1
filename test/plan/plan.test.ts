import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { buildPlan, checkPlan } from '../../src/plan/plan.js';
import type { Check, Step } from '../../src/plan/step.js';
import { needed, satisfied, step, type StepOptions } from './given.js';

const ongoing = new AbortController().signal;

async function checksOf(...steps: Step[]): Promise<Record<string, Check>> {
  return Object.fromEntries((await checkPlan(buildPlan(steps), ongoing)).checks);
}

describe('building a plan', () => {
  it('puts every step after all it needs, and otherwise keeps the order it was given', () => {
    const plan = buildPlan([
      step('release', { needs: ['cluster', 'tool'] }),
      step('tool'),
      step('cluster', { needs: ['tool'] }),
      step('other'),
    ]);
    expect([...plan.steps.keys()]).toEqual(['tool', 'other', 'cluster', 'release']);
  });

  it('knows what needs a step', () => {
    const plan = buildPlan([step('a'), step('b', { needs: ['a'] }), step('c', { needs: ['a', 'b'] })]);
    expect(Object.fromEntries(plan.dependants)).toEqual({ a: ['b', 'c'], b: ['c'], c: [] });
  });

  it('takes a need that is named twice as one', () => {
    expect([...buildPlan([step('b', { needs: ['a', 'a'] }), step('a')]).steps.keys()]).toEqual(['a', 'b']);
  });

  it('prints a cycle whole, without what only leads to it', () => {
    const build = () =>
      buildPlan([
        step('entry', { needs: ['release/auth'] }),
        step('release/auth', { needs: ['gate/postgres/ready'] }),
        step('gate/postgres/ready', { needs: ['release/postgres'] }),
        step('release/postgres', { needs: ['release/auth'] }),
      ]);
    expect(build).toThrow(
      'steps need each other in a circle: release/auth → gate/postgres/ready → release/postgres → release/auth',
    );
    expect(build).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('refuses a need that nothing provides, naming both', () => {
    const build = () => buildPlan([step('release/auth', { needs: ['gate/postgres/ready'] })]);
    expect(build).toThrow('release/auth needs gate/postgres/ready, which nothing in this plan provides');
    expect(build).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('refuses two steps of one id: that is a bug of ours', () => {
    const build = () => buildPlan([step('cluster'), step('cluster')]);
    expect(build).toThrow('two steps have the id cluster');
    expect(build).toThrow(expect.objectContaining({ code: 'unexpected' }));
  });
});

describe('checking a plan', () => {
  it('asks about all steps at once', async () => {
    let asked = 0;
    const both = new Promise<void>((resolve) => {
      const steps = ['a', 'b'].map((id) => ({
        ...step(id),
        check: async () => {
          if (++asked === 2) resolve();
          await both;
          return satisfied;
        },
      }));
      void checkPlan(buildPlan(steps), ongoing);
    });
    await both;
    expect(asked).toBe(2);
  });

  it('takes a check that throws as blocked, with its words, its code and what to do', async () => {
    const cause = new Error('connect ECONNREFUSED 127.0.0.1:6443');
    const error = new PlatformError('tool', 'the API server does not answer', {
      cause,
      suggestions: ['start it'],
      output: 'tls: bad certificate',
    });
    expect(await checksOf({ ...step('a'), check: () => Promise.reject(error) })).toEqual({
      a: {
        status: 'blocked',
        by: 'the API server does not answer: connect ECONNREFUSED 127.0.0.1:6443: tls: bad certificate',
        fix: ['start it'],
        code: 'tool',
      },
    });
  });

  it('takes a bug in a check as blocked too, so that the others are told', async () => {
    const broken = () => Promise.reject(new TypeError('x is not a function', { cause: new Error('deeper') }));
    const checks = await checksOf({ ...step('a'), check: broken }, step('b'));
    expect(checks['a']).toMatchObject({ by: 'x is not a function: deeper', code: 'unexpected' });
    expect(checks['b']).toEqual(needed);
  });

  it('ends when it is interrupted, instead of taking that for an answer', async () => {
    const interruption = new AbortController();
    const silent = ({ signal }: { signal: AbortSignal }) =>
      new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('the request was aborted'));
        });
      });
    const checking = checkPlan(buildPlan([{ ...step('a'), check: silent }]), interruption.signal);
    interruption.abort(new DOMException('interrupted', 'AbortError'));
    await expect(checking).rejects.toThrow('interrupted');
  });
});

describe('an on-demand step in a checked plan', () => {
  const onDemand = (id: string, more: StepOptions = {}) => step(id, { onDemand: true, ...more });

  it('is unneeded when nothing that needs it has to be applied', async () => {
    const checks = await checksOf(onDemand('tool'), step('release', { needs: ['tool'], checks: [satisfied] }));
    expect(checks['tool']).toEqual({ status: 'unneeded' });
  });

  it('is needed when something has to', async () => {
    const checks = await checksOf(onDemand('tool'), step('release', { needs: ['tool'] }));
    expect(checks['tool']).toEqual(needed);
  });

  it('is unneeded when only another one that is unneeded needs it, and needed with it', async () => {
    const tools = [onDemand('helm'), onDemand('chart', { needs: ['helm'] })];
    const idle = await checksOf(...tools, step('release', { needs: ['chart'], checks: [satisfied] }));
    expect(idle).toMatchObject({ helm: { status: 'unneeded' }, chart: { status: 'unneeded' } });
    const busy = await checksOf(...tools, step('release', { needs: ['chart'] }));
    expect(busy).toMatchObject({ helm: needed, chart: needed });
  });

  it('shows what was found where it is not needed', async () => {
    const checks = await checksOf(
      onDemand('there', { checks: [{ status: 'satisfied', detail: 'on PATH' }] }),
      onDemand('blocked', { checks: [{ status: 'blocked', by: 'it', fix: [] }] }),
    );
    expect(checks).toMatchObject({ there: { status: 'satisfied', detail: 'on PATH' }, blocked: { status: 'blocked' } });
  });
});
