import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { PlatformError } from '../../src/errors.js';
import { leasePath, type Lease } from '../../src/ownership/lease-object.js';
import { readOwner } from '../../src/ownership/lock-file.js';
import { pathsFrom } from '../../src/paths.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import type { RunEvent } from '../../src/plan/events.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { journals, openJournal, readJournal } from '../../src/plan/journal.js';
import type { Step } from '../../src/plan/step.js';
import { startTimeOf } from '../../src/process-identity.js';
import { systemProcesses } from '../../src/process.js';
import { runSteps, type RunIdentity } from '../../src/usecases/run-steps.js';
import { satisfied, step } from '../plan/given.js';
import { apiServer } from '../kubernetes/api-server.js';
import { hold } from '../ownership/given.js';
import { afterwards, temporaryFolder } from '../toolchain/fixture.js';

/** A place where runs can be made, with what they said. */
async function given() {
  const stateFolder = join(await temporaryFolder(), 'shop');
  const seen: RunEvent[] = [];
  const ports = {
    processes: systemProcesses(),
    clock: systemClock,
    paths: pathsFrom({}, stateFolder),
    events: createEventHub(systemClock),
    interruption: createInterruption(),
    variables: {},
  };
  ports.events.subscribe((event) => seen.push(event));
  const run = (stepsFor: readonly Step[] | ((identity: RunIdentity) => Promise<readonly Step[]>), command = 'up') =>
    runSteps(
      { command, environment: 'shop', stateFolder },
      typeof stepsFor === 'function' ? stepsFor : () => Promise.resolve(stepsFor),
      ports,
    );
  const lastJournal = async () => readJournal((await journals(stateFolder))[0] ?? '');
  return { stateFolder, ports, seen, run, lastJournal };
}

const broken = step('broken', { apply: () => Promise.reject(new PlatformError('tool', 'helm failed')) });

describe('a run', () => {
  it('tells how every step ended, how long it took and what decided on that', async () => {
    const { run } = await given();
    const summary = await run([step('a'), step('b', { needs: ['a'] }), step('c', { checks: [satisfied] }), broken]);
    expect(summary.steps.map(({ id, outcome }) => `${id}: ${outcome}`).sort()).toEqual([
      'a: done',
      'b: done',
      'broken: failed',
      'c: unchanged',
    ]);
    expect(summary.counts).toMatchObject({ done: 2, unchanged: 1, failed: 1, skipped: 0 });
    expect(summary.run).toMatch(/^\d{8}t\d{6}-[0-9a-f]{6}$/);
    expect(summary.journal).toContain(summary.run);
  });

  it('has a journal of all it said, from the first event to the last', async () => {
    const { run, lastJournal, seen } = await given();
    const summary = await run([step('a'), broken]);
    const journal = await lastJournal();
    expect(journal).toEqual(JSON.parse(JSON.stringify(seen)));
    expect(journal[0]).toMatchObject({
      type: 'run-started',
      run: summary.run,
      command: 'up',
      environment: 'shop',
      steps: [
        { id: 'a', title: 'the a', needs: [], lane: 'api' },
        { id: 'broken', title: 'the broken', needs: [], lane: 'api' },
      ],
    });
    expect(journal.at(-1)).toMatchObject({ type: 'run-finished', summary: { run: summary.run } });
    expect(journal.filter(({ type }) => type === 'step-checked')).toHaveLength(2);
  });

  it('does not count looking at the world as waiting', async () => {
    const { ports, stateFolder } = await given();
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const inner = step('a');
    const slow: Step = {
      ...inner,
      check: (context) => {
        now += 3000;
        return inner.check(context);
      },
      apply: () => {
        now += 500;
        return Promise.resolve(undefined);
      },
    };
    const options = { command: 'up', environment: 'shop', stateFolder };
    const summary = await runSteps(options, () => Promise.resolve([slow]), { ...ports, clock });
    expect(summary.durationMs).toBe(3500);
    expect(summary.criticalPath).toEqual([{ id: 'a', title: 'the a', durationMs: 500, waitedMs: 0 }]);
  });

  it('stops listening when it has ended', async () => {
    const { run, seen } = await given();
    await run([step('a')]);
    seen.length = 0;
    // A second journal may well get the file descriptor of the first.
    const { journal } = await run([step('b')]);
    expect(await readJournal(journal)).toEqual(JSON.parse(JSON.stringify(seen)));
  });

  it('knows how long the same steps took the last time the same command did them', async () => {
    const { run } = await given();
    const first = await run([step('a'), step('b', { checks: [satisfied] })]);
    expect(first.previousDurationMs).toBeUndefined();
    await run([step('a'), step('b', { checks: [satisfied] })], 'stop');
    await run([step('a'), step('b')]);
    const again = await run([step('a'), step('b', { checks: [satisfied] })]);
    expect(again.previousDurationMs).toBe(first.durationMs);
    expect((await run([step('a', { checks: [satisfied] })])).previousDurationMs).toBeUndefined();
  });

  it('keeps the journals of the last 20 runs', async () => {
    const { run, stateFolder } = await given();
    for (let n = 0; n < 22; n++) await run([]);
    expect(await readdir(join(stateFolder, 'runs'))).toHaveLength(20);
  });
});

describe('the ownership of a run', () => {
  it('is held while steps are made, checked and applied, and given back at the end', async () => {
    const { run, stateFolder } = await given();
    const owners: (string | undefined)[] = [];
    const look = async () => {
      owners.push((await readOwner(stateFolder))?.run);
    };
    const { run: id } = await run(async () => {
      await look();
      const inner = step('a');
      return [
        {
          ...inner,
          check: async (context) => {
            await look();
            return inner.check(context);
          },
          apply: async () => {
            await look();
            return undefined;
          },
        },
      ];
    });
    expect(owners).toEqual([id, id, id]);
    expect(await readOwner(stateFolder)).toBeUndefined();
  });

  it('is refused to a second run, which then changes nothing', async () => {
    const { run, stateFolder } = await given();
    let refused: unknown;
    await run([
      step('a', {
        apply: async () => {
          const made: string[] = [];
          refused = await run(() => Promise.resolve([step(`never ${String(made.push('made'))}`)])).catch(
            (error: unknown) => error,
          );
          expect(made).toEqual([]);
          return undefined;
        },
      }),
    ]);
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(await journals(stateFolder)).toHaveLength(1);
  });

  it.each([
    ['the steps cannot be made', () => Promise.reject(new Error('torn record'))],
    ['the plan has a cycle', () => Promise.resolve([step('a', { needs: ['a'] })])],
  ])('is given back when %s', async (_, stepsFor) => {
    const { run, stateFolder } = await given();
    await expect(run(stepsFor)).rejects.toThrow();
    expect(await readOwner(stateFolder)).toBeUndefined();
    expect((await run([step('a')])).counts.done).toBe(1);
  });

  it('is given back when a step fails, and when the run is interrupted while it looks at the world', async () => {
    const { run, stateFolder, ports } = await given();
    await run([broken]);
    expect(await readOwner(stateFolder)).toBeUndefined();
    const silent = {
      ...step('silent'),
      check: ({ signal }: { signal: AbortSignal }) => {
        ports.interruption.request();
        return Promise.reject(signal.reason as Error);
      },
    };
    await expect(run([silent])).rejects.toThrow('interrupted');
    expect(await readOwner(stateFolder)).toBeUndefined();
  });

  it('is given back when the journal cannot be opened', async () => {
    const { run, stateFolder } = await given();
    await mkdir(stateFolder, { recursive: true });
    await writeFile(join(stateFolder, 'runs'), 'a file where a folder should be');
    await expect(run([])).rejects.toThrow();
    expect(await readOwner(stateFolder)).toBeUndefined();
  });

  it('can be made sure of in mid-run, and names who has taken it over', async () => {
    const { run, stateFolder } = await given();
    const file = join(stateFolder, 'owner.json');
    const other = { user: 'ann', host: 'build-7', pid: 7, startedAt: 's', run: 'other', command: 'up', token: 't' };
    const results = await run(({ ensureOwned }) =>
      Promise.resolve([
        step('mine', { apply: ({ signal }) => ensureOwned(signal).then(() => 'still mine') }),
        step('lost', {
          needs: ['mine'],
          apply: async ({ signal }) => {
            await writeFile(file, JSON.stringify(other));
            await ensureOwned(signal);
            return 'not reached';
          },
        }),
      ]),
    );
    expect(results.steps).toMatchObject([
      { id: 'mine', outcome: 'done', detail: 'still mine' },
      {
        id: 'lost',
        outcome: 'failed',
        failure: { code: 'conflict', message: expect.stringContaining('ann@build-7') as string },
      },
    ]);
    expect(await readOwner(stateFolder)).toMatchObject({ run: 'other' });
  });
});

describe('the Lease of a run', () => {
  /** A run with a cluster, whose Lease it can take. */
  async function withCluster() {
    const { stateFolder, ports } = await given();
    const api = await apiServer();
    afterwards(() => api.close());
    const options = { command: 'up', environment: 'shop', stateFolder, connection: () => Promise.resolve(api.client) };
    const run = (stepsFor: (identity: RunIdentity) => Promise<readonly Step[]>) => runSteps(options, stepsFor, ports);
    return { api, run, holder: () => (api.objects.get(leasePath('shop')) as Lease | undefined)?.spec?.holderIdentity };
  }

  it('is not asked for by a run that writes nothing', async () => {
    const { api, run } = await withCluster();
    await run(() => Promise.resolve([step('a', { checks: [satisfied] })]));
    expect(api.requests).toEqual([]);
  });

  it('is held from the first write on, and given back at the end', async () => {
    const { run, holder } = await withCluster();
    const { run: id, steps } = await run(({ ensureOwned }) =>
      Promise.resolve([step('a', { apply: async ({ signal }) => ensureOwned(signal).then(holder) })]),
    );
    expect(steps[0]?.detail).toMatch(new RegExp(`^.+@.+/${String(process.pid)}/.+/${id}$`));
    expect(holder()).toBe('');
  });

  it('is given back when the run is interrupted', async () => {
    const { run, holder } = await withCluster();
    await run(({ ensureOwned }) =>
      Promise.resolve([
        step('a', {
          apply: ({ signal }) => ensureOwned(signal).then(() => Promise.reject(new DOMException('', 'AbortError'))),
        }),
      ]),
    );
    expect(holder()).toBe('');
  });

  it('is taken over at once from the run whose lock file this one took over', async () => {
    const { api, holder } = await withCluster();
    const killed = {
      user: 'ann',
      host: hostname(),
      pid: process.pid,
      startedAt: 'long ago',
      run: 'killed',
      command: 'up',
    };
    hold(api, killed);
    const { stateFolder, ports } = await given();
    await mkdir(stateFolder, { recursive: true });
    await writeFile(join(stateFolder, 'owner.json'), JSON.stringify({ ...killed, token: 'of the killed run' }));
    const connection = () => Promise.resolve(api.client);
    const never = { ...systemClock, sleep: () => Promise.reject(new Error('it waited')) };
    const seen: (string | undefined)[] = [];
    await runSteps(
      { command: 'up', environment: 'shop', stateFolder, connection },
      ({ ensureOwned, run: id }) =>
        Promise.resolve([
          step('a', {
            apply: ({ signal }) => ensureOwned(signal).then(() => void seen.push(String(holder()?.endsWith(id)))),
          }),
        ]),
      { ...ports, clock: never },
    );
    expect(seen).toEqual(['true']);
  });
});

describe('what a run knows of others', () => {
  it('is that those of this machine are over', async () => {
    const { run } = await given();
    const { run: earlier } = await run([step('a')]);
    const answers: boolean[] = [];
    await run(async ({ isOver }) => {
      answers.push(await isOver(earlier), await isOver('20260101t000000-abcdef'));
      return [];
    });
    expect(answers).toEqual([true, false]);
  });
});

describe('a child that survived a killed run', () => {
  it('is interrupted and awaited before the first look at the world', async () => {
    const { run, stateFolder, seen } = await given();
    const script = `trap 'sleep 0.3; exit 0' INT; echo ready; while :; do sleep 0.02; done`;
    const child = spawn('sh', ['-c', script], { detached: true });
    afterwards(() => Promise.resolve(child.kill('SIGKILL')));
    await once(child.stdout, 'data');
    const pid = child.pid ?? 0;
    const startedAt = startTimeOf(pid) ?? '';
    const killed = openJournal(stateFolder, '20200101t000000-aaaaaa');
    killed.record({ at: 1, type: 'process-started', pid, startedAt, command: 'helm upgrade auth' });
    killed.close();

    const alive: boolean[] = [];
    const inner = step('a');
    const looking: Step = {
      ...inner,
      check: (context) => {
        alive.push(startTimeOf(pid) === startedAt);
        return inner.check(context);
      },
    };
    const summary = await run(() => {
      alive.push(startTimeOf(pid) === startedAt);
      return Promise.resolve([looking]);
    });

    expect(alive).toEqual([false, false]);
    expect(summary.counts.done).toBe(1);
    expect(seen[0]).toMatchObject({ type: 'notice', message: expect.stringContaining('helm upgrade auth') as string });
  });
});
