import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { lanesOf, needed, openStep, resultsOf, satisfied, settled, startRun, step } from './given.js';

describe('when a step starts', () => {
  it('is the moment its own needs are fulfilled, whatever else still runs', async () => {
    const slow = openStep('slow', { estimateMs: 9000 });
    const quick = openStep('quick');
    const afterQuick = openStep('after-quick', { needs: ['quick'] });
    const last = step('last', { needs: ['slow', 'after-quick'] });
    const run = await startRun([slow, quick, afterQuick, last]);
    expect(run.started()).toEqual(['slow', 'quick']);

    quick.end();
    await settled();
    expect(run.started()).toEqual(['slow', 'quick', 'after-quick']);

    afterQuick.end();
    await settled();
    expect(run.started()).toHaveLength(3);

    slow.end();
    const results = await run.ended;
    expect(results.map(({ id, outcome }) => `${id}: ${outcome}`)).toEqual([
      'slow: done',
      'quick: done',
      'after-quick: done',
      'last: done',
    ]);
  });

  it('says why, and shows beside the end what the work returned', async () => {
    const why = { status: 'needed', reason: 'not here yet' } as const;
    const { events, ended } = await startRun([step('a', { checks: [why], apply: () => Promise.resolve('3 nodes') })]);
    expect(await ended).toMatchObject([{ id: 'a', title: 'the a', reason: 'not here yet', detail: '3 nodes' }]);
    expect(events).toMatchObject([
      { type: 'step-started', id: 'a', reason: 'not here yet' },
      { type: 'step-finished', id: 'a', outcome: 'done', detail: '3 nodes' },
    ]);
  });

  it('passes on what the work says about itself', async () => {
    const talkative = step('a', {
      apply: (context) => {
        context.progress({ message: 'halfway', done: 1, total: 2, unit: 'packages' });
        return Promise.resolve(undefined);
      },
    });
    const { events, ended } = await startRun([talkative]);
    await ended;
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'step-progress', id: 'a', message: 'halfway', done: 1, total: 2 }),
    );
  });

  it('measures the time of the work alone', async () => {
    let now = 1000;
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const slow = openStep('slow');
    const run = await startRun([slow, step('after', { needs: ['slow'], checks: [satisfied] })], { clock });
    now = 4500;
    slow.end();
    expect(await run.ended).toMatchObject([
      { id: 'slow', start: 1000, end: 4500, durationMs: 3500 },
      { id: 'after', start: 4500, end: 4500, durationMs: 0 },
    ]);
  });
});

describe('a lane', () => {
  it('holds as many steps at once as its limit, and each that ends makes room for one', async () => {
    const steps = ['a', 'b', 'c', 'd', 'e'].map((id) => openStep(id, { lane: 'helm' }));
    const run = await startRun(steps, { lanes: { ...lanesOf(1), helm: 2 } });
    expect(run.started()).toEqual(['a', 'b']);
    steps[1]?.end();
    await settled();
    expect(run.started()).toEqual(['a', 'b', 'c']);
    steps[0]?.fail(new Error('broken'));
    await settled();
    expect(run.started()).toEqual(['a', 'b', 'c', 'd']);
    for (const open of steps) open.end();
    expect((await run.ended).map(({ outcome }) => outcome)).toEqual(['failed', 'done', 'done', 'done', 'done']);
  });

  it('does not wait for another lane', async () => {
    const helm = openStep('helm', { lane: 'helm' });
    const wait = openStep('wait', { lane: 'wait' });
    const api = openStep('api', { lane: 'api' });
    const run = await startRun([helm, wait, api], { lanes: lanesOf(1) });
    expect(run.started()).toEqual(['helm', 'wait', 'api']);
    for (const open of [helm, wait, api]) open.end();
    await run.ended;
  });

  it('takes the step with the longest chain of work behind it first', async () => {
    const steps = [
      step('short', { lane: 'helm', estimateMs: 100 }),
      step('long', { lane: 'helm', estimateMs: 300 }),
      step('short-with-more-behind', { lane: 'helm', estimateMs: 100 }),
      step('behind', { needs: ['short-with-more-behind'], lane: 'wait', estimateMs: 1000 }),
    ];
    const run = await startRun(steps, { lanes: lanesOf(1) });
    await run.ended;
    expect(run.started().filter((id) => id !== 'behind')).toEqual(['short-with-more-behind', 'long', 'short']);
  });

  it('goes by what earlier runs took where that is known, and by estimates elsewhere', async () => {
    const steps = ['a', 'b', 'c'].map((id) => step(id, { lane: 'helm', estimateMs: 1000 }));
    const history = new Map([
      ['a', 10],
      ['c', 5000],
    ]);
    const run = await startRun(steps, { lanes: lanesOf(1), history });
    await run.ended;
    expect(run.started()).toEqual(['c', 'b', 'a']);
  });

  it('does not count work that is done already', async () => {
    const steps = [
      step('a', { lane: 'helm', estimateMs: 100 }),
      step('after-a', { needs: ['a'], lane: 'wait', estimateMs: 9000, checks: [satisfied] }),
      step('b', { lane: 'helm', estimateMs: 200 }),
    ];
    const run = await startRun(steps, { lanes: lanesOf(1) });
    await run.ended;
    expect(run.started()).toEqual(['b', 'a']);
  });
});

describe('a step that fails', () => {
  const broken = () =>
    step('broken', {
      apply: () => Promise.reject(new PlatformError('tool', 'helm failed with exit code 1', { output: 'no space' })),
    });

  it('stops what needs it, however indirectly, and nothing else', async () => {
    const results = await resultsOf([
      broken(),
      step('child', { needs: ['broken'] }),
      step('grandchild', { needs: ['child', 'other'] }),
      step('other'),
      step('after-other', { needs: ['other'] }),
    ]);
    expect(results['broken']).toMatchObject({ outcome: 'failed', failure: { code: 'tool', output: 'no space' } });
    expect(results['child']).toMatchObject({ outcome: 'skipped', because: 'broken' });
    expect(results['grandchild']).toMatchObject({ outcome: 'skipped', because: 'broken' });
    expect(results['other']?.outcome).toBe('done');
    expect(results['after-other']?.outcome).toBe('done');
  });

  it('is the cause that the events of the skipped steps name', async () => {
    const { events, ended } = await startRun([broken(), step('child', { needs: ['broken'] })]);
    await ended;
    expect(events.at(-1)).toMatchObject({ type: 'step-finished', id: 'child', outcome: 'skipped', because: 'broken' });
  });

  it('does not reject the run, whatever was thrown', async () => {
    const open = openStep('a');
    const throwing = step('b', {
      apply: () => {
        throw new TypeError('at once');
      },
    });
    const run = await startRun([open, throwing]);
    open.fail('a text');
    expect(await run.ended).toMatchObject([
      { outcome: 'failed', failure: { code: 'unexpected', message: 'a text' } },
      { outcome: 'failed', failure: { code: 'unexpected', message: 'at once' } },
    ]);
  });
});

describe('what the check answered', () => {
  it('decides how a step ends and what becomes of those that need it', async () => {
    const results = await resultsOf([
      step('satisfied', { checks: [{ status: 'satisfied', detail: '2 ready' }] }),
      step('after-satisfied', { needs: ['satisfied'] }),
      step('omitted', { checks: [{ status: 'omitted', reason: 'not on embedded' }] }),
      step('after-omitted', { needs: ['omitted'] }),
      step('blocked', { checks: [{ status: 'blocked', by: 'the port is taken', fix: ['free it'], code: 'usage' }] }),
      step('after-blocked', { needs: ['blocked'] }),
    ]);
    expect(results).toMatchObject({
      satisfied: { outcome: 'unchanged', detail: '2 ready' },
      'after-satisfied': { outcome: 'done' },
      omitted: { outcome: 'omitted', reason: 'not on embedded' },
      'after-omitted': { outcome: 'done' },
      blocked: {
        outcome: 'failed',
        failure: { code: 'usage', exitCode: 2, message: 'the port is taken', suggestions: ['free it'] },
      },
      'after-blocked': { outcome: 'skipped', because: 'blocked' },
    });
  });

  it('is a conflict where a blocked step does not say what it is', async () => {
    const results = await resultsOf([step('a', { checks: [{ status: 'blocked', by: 'it', fix: [] }] })]);
    expect(results['a']?.failure?.code).toBe('conflict');
  });

  it('is asked for again only after something that the step needs was applied', async () => {
    const looks: string[] = [];
    const looked = (id: string, needs: string[], checks = [satisfied]) => {
      const inner = step(id, { needs, checks });
      return {
        ...inner,
        check: (context: Parameters<typeof inner.check>[0]) => {
          looks.push(id);
          return inner.check(context);
        },
      };
    };
    const results = await resultsOf([
      step('applied'),
      step('unchanged', { checks: [satisfied] }),
      looked('after-applied', ['applied', 'unchanged']),
      looked('after-unchanged', ['unchanged']),
    ]);
    expect(looks.filter((id) => id === 'after-applied')).toHaveLength(2);
    expect(looks.filter((id) => id === 'after-unchanged')).toHaveLength(1);
    expect(results['after-applied']?.outcome).toBe('unchanged');
  });

  it.each([
    ['needed', needed, 'done'],
    ['blocked', { status: 'blocked', by: 'it', fix: [] } as const, 'failed'],
    ['omitted', { status: 'omitted', reason: 'gone' } as const, 'omitted'],
  ])('counts as it is after that: %s', async (_, second, outcome) => {
    const results = await resultsOf([step('a'), step('b', { needs: ['a'], checks: [satisfied, second] })]);
    expect(results['b']?.outcome).toBe(outcome);
  });
});

describe('an on-demand step', () => {
  const tool = (id: string, more: Parameters<typeof step>[1] = {}) =>
    step(id, { onDemand: true, lane: 'tool', ...more });

  it('runs when something that needs it has to be applied', async () => {
    const run = await startRun([tool('tool'), step('release', { needs: ['tool'] })]);
    await run.ended;
    expect(run.finished()).toEqual(['tool: done', 'release: done']);
  });

  it('is unneeded when nothing has to, or nothing is there', async () => {
    const run = await startRun([
      tool('tool'),
      step('release', { needs: ['tool'], checks: [satisfied] }),
      tool('nobodys'),
    ]);
    await run.ended;
    expect(run.started()).toEqual([]);
    expect(run.finished().sort()).toEqual(['nobodys: unneeded', 'release: unchanged', 'tool: unneeded']);
  });

  it('runs late when its dependant turns out to be needed, and ends once', async () => {
    const run = await startRun([
      step('cluster'),
      tool('tool'),
      step('release', { needs: ['cluster', 'tool'], checks: [satisfied, needed] }),
    ]);
    await run.ended;
    expect(run.finished()).toEqual(['cluster: done', 'tool: done', 'release: done']);
  });

  it('makes those that it needs itself run late as well', async () => {
    const run = await startRun([
      step('cluster'),
      tool('helm'),
      tool('chart', { needs: ['helm'], lane: 'chart' }),
      step('release', { needs: ['cluster', 'chart', 'helm'], checks: [satisfied, needed] }),
    ]);
    await run.ended;
    expect(run.finished()).toEqual(['cluster: done', 'helm: done', 'chart: done', 'release: done']);
  });

  it('leaves those that it needs alone when it is there already', async () => {
    const run = await startRun([
      step('cluster'),
      tool('helm'),
      tool('chart', { needs: ['helm'], checks: [satisfied] }),
      step('release', { needs: ['cluster', 'chart'], checks: [satisfied, needed] }),
    ]);
    await run.ended;
    expect(run.finished()).toEqual(['cluster: done', 'chart: unchanged', 'helm: unneeded', 'release: done']);
  });

  it('is waited for by a second dependant that was being looked at when the first one asked for it', async () => {
    const cluster = step('cluster');
    const helm = openStep('helm', { onDemand: true, lane: 'tool' });
    const first = step('first', { needs: ['cluster', 'helm'], checks: [satisfied, needed] });
    const second = step('second', { needs: ['cluster', 'helm'], checks: [satisfied, needed] });
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    let looks = 0;
    const slowToLookAt = {
      ...second,
      check: async (context: Parameters<typeof second.check>[0]) => {
        if (++looks === 2) await asked;
        return second.check(context);
      },
    };
    const run = await startRun([cluster, helm, first, slowToLookAt]);
    expect(run.started()).toEqual(['cluster', 'helm']);
    answer();
    await settled();
    expect(run.started()).toEqual(['cluster', 'helm']);
    helm.end();
    await run.ended;
    expect(run.finished()).toEqual(['cluster: done', 'helm: done', 'first: done', 'second: done']);
  });

  it('that fails late stops all its dependants, also one that was being looked at', async () => {
    const cluster = step('cluster');
    const helm = tool('helm', { apply: () => Promise.reject(new Error('no download')) });
    const second = step('second', { needs: ['cluster', 'helm'], checks: [satisfied, needed] });
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (answer = resolve));
    let looks = 0;
    const slowToLookAt = {
      ...second,
      check: async (context: Parameters<typeof second.check>[0]) => {
        if (++looks === 2) await asked;
        return second.check(context);
      },
    };
    const run = await startRun([
      cluster,
      helm,
      step('first', { needs: ['cluster', 'helm'], checks: [satisfied, needed] }),
      slowToLookAt,
    ]);
    expect(run.finished()).toContain('first: skipped');
    answer();
    const results = await run.ended;
    expect(results.at(-1)).toMatchObject({ id: 'second', outcome: 'skipped', because: 'helm' });
    expect(run.started()).toEqual(['cluster', 'helm']);
  });
});

describe('the budget of a step', () => {
  const waiting = (budgetMs: number, fail: (reason: unknown) => Error) =>
    step('a', {
      budgetMs,
      apply: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(fail(signal.reason));
          });
        }),
    });

  it('ends it as a time-out that names its title', async () => {
    const results = await resultsOf([waiting(20, (reason) => reason as Error), step('b', { needs: ['a'] })]);
    expect(results['a']).toMatchObject({
      outcome: 'failed',
      failure: { code: 'timeout', exitCode: 6, message: 'the a took longer than its budget of 20ms' },
    });
    expect(results['b']).toMatchObject({ outcome: 'skipped', because: 'a' });
  });

  it('is a time-out also where the work only says that it was aborted', async () => {
    const results = await resultsOf([waiting(20, () => new DOMException('aborted', 'AbortError'))]);
    expect(results['a']).toMatchObject({ outcome: 'failed', failure: { code: 'timeout' } });
  });

  it('keeps the last words of a tool that it interrupted', async () => {
    const interrupted = (cause: unknown) =>
      new PlatformError('interrupted', 'helm was interrupted', {
        output: 'waiting for pods',
        command: 'helm x',
        cause,
      });
    const results = await resultsOf([waiting(20, interrupted)]);
    expect(results['a']?.failure).toMatchObject({ code: 'timeout', output: 'waiting for pods', command: 'helm x' });
  });

  it('is a time-out also when an interruption comes while the tool is ending', async () => {
    const run = await startRun([
      step('a', {
        budgetMs: 20,
        lane: 'wait',
        apply: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              run.interruption.request();
              reject(new PlatformError('interrupted', 'helm was interrupted'));
            });
          }),
      }),
    ]);
    expect(await run.ended).toMatchObject([{ outcome: 'failed', failure: { code: 'timeout' } }]);
  });

  it('does not hide a better explanation', async () => {
    const results = await resultsOf([waiting(20, () => new PlatformError('timeout', 'postgres did not become ready'))]);
    expect(results['a']?.failure?.message).toBe('postgres did not become ready');
  });
});

describe('an interruption', () => {
  it('ends what has not begun, and what needs it', async () => {
    const running = openStep('running', { lane: 'helm', estimateMs: 9000 });
    const queued = step('queued', { lane: 'helm' });
    const later = step('later', { needs: ['queued'] });
    const run = await startRun([running, queued, later], { lanes: lanesOf(1) });
    run.interruption.request();
    await settled();
    expect(run.finished()).toEqual(['queued: interrupted', 'later: skipped']);
    running.end();
    expect((await run.ended).map(({ outcome }) => outcome)).toEqual(['done', 'interrupted', 'skipped']);
  });

  it('starts nothing new when a running step ends well, but tells what is as wanted', async () => {
    const running = openStep('running', { lane: 'helm' });
    const run = await startRun([
      running,
      step('next', { needs: ['running'] }),
      step('there', { needs: ['running'], checks: [satisfied] }),
    ]);
    run.interruption.request();
    running.end();
    await run.ended;
    expect(run.started()).toEqual(['running']);
    expect(run.finished()).toEqual(expect.arrayContaining(['running: done', 'next: interrupted', 'there: unchanged']));
  });

  it.each(['wait', 'tool', 'chart', 'aws'] as const)('ends a running step of the lane %s at once', async (lane) => {
    const run = await startRun([openStep('a', { lane })]);
    run.interruption.request();
    expect(await run.ended).toMatchObject([{ outcome: 'interrupted' }]);
  });

  it.each(['helm', 'cluster', 'image', 'api'] as const)(
    'lets a running step of the lane %s go on until the second one',
    async (lane) => {
      const patient = openStep('a', { lane });
      const run = await startRun([patient]);
      run.interruption.request();
      await settled();
      expect(run.finished()).toEqual([]);
      run.interruption.request();
      expect(await run.ended).toMatchObject([{ outcome: 'interrupted' }]);
    },
  );

  it('does not make a success or a failure of a patient step something else', async () => {
    const well = openStep('well', { lane: 'helm' });
    const badly = openStep('badly', { lane: 'helm' });
    const run = await startRun([well, badly]);
    run.interruption.request();
    well.end();
    badly.fail(new PlatformError('tool', 'helm failed'));
    expect((await run.ended).map(({ outcome }) => outcome)).toEqual(['done', 'failed']);
  });

  it('is told also by work that was aborted by something else', async () => {
    const aborted = () => Promise.reject(new DOMException('aborted', 'AbortError'));
    expect((await resultsOf([step('a', { apply: aborted })]))['a']?.outcome).toBe('interrupted');
  });

  it('that came before the run lets nothing start', async () => {
    const interruption = createInterruption();
    interruption.request();
    const run = await startRun([step('a'), step('b', { needs: ['a'] }), step('c', { checks: [satisfied] })], {
      interruption,
    });
    expect((await run.ended).map(({ outcome }) => outcome)).toEqual(['interrupted', 'unchanged', 'skipped']);
    expect(run.started()).toEqual([]);
  });

  it('ends a look at the world that goes on', async () => {
    const cluster = step('cluster');
    let looks = 0;
    const silent = {
      ...step('silent', { needs: ['cluster'] }),
      check: ({ signal }: { signal: AbortSignal }) =>
        ++looks === 1
          ? Promise.resolve(satisfied)
          : new Promise<never>((_, reject) => {
              signal.addEventListener('abort', () => {
                reject(signal.reason as Error);
              });
            }),
    };
    const run = await startRun([cluster, silent]);
    run.interruption.request();
    expect((await run.ended).map(({ outcome }) => outcome)).toEqual(['done', 'interrupted']);
  });
});

describe('a plan of any size', () => {
  it('ends when it has no steps', async () => {
    expect(await resultsOf([])).toEqual({});
  });

  it.each([
    ['satisfied', satisfied],
    ['needed', needed],
    ['blocked', { status: 'blocked', by: 'it', fix: [] } as const],
  ])('ends when it is one chain of 20,000 steps that are %s', async (_, check) => {
    const chain = Array.from({ length: 20_000 }, (_, n) =>
      step(String(n), { needs: n === 0 ? [] : [String(n - 1)], checks: [check] }),
    );
    expect(Object.keys(await resultsOf(chain))).toHaveLength(20_000);
  });
});
