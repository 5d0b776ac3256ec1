import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DrillRecord } from '../../../src/chaos/record.js';
import { drilled, isDown, namespace, recordOf, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';

const store = 'deployment/store';
const away = { scale: store, namespace, to: 0 };
const soon = { timeout: 100_000, interval: 50 };

describe('a drill in which others have a hand', { timeout: 240_000 }, () => {
  let world: Drilled;
  beforeAll(async () => {
    world = await drilled({
      name: 'meddle',
      releases: { store: service({ StoreDown: isDown('store'), StoreDownLater: isDown('store', { for: '8s' }) }) },
      drills: {
        'store-down': {
          fault: away,
          expect: { alerts: ['StoreDown'], mayFire: ['StoreDownLater'], receiver: 'inbox' },
        },
        'store-down-later': {
          fault: away,
          expect: { alerts: ['StoreDownLater'], mayFire: ['StoreDown'], receiver: 'inbox' },
        },
      },
    });
  });
  afterAll(() => world.dispose());
  // `up` waits for no pod, and a Prometheus that was killed remembers the fault.
  beforeEach(() => readyFor('store-down', world.sandbox));
  // Whoever did what: of the drill itself nothing is left.
  afterEach(async () => {
    expect(await world.leftovers()).toEqual([]);
  });

  /** Runs a drill, and does something else as soon as its fault is there. */
  const meanwhile = async (drill: string, meddle: () => Promise<unknown>) => {
    const ended = world.run(drill);
    await expect.poll(() => world.replicas(store), soon).toBe(0);
    await meddle();
    const document = await ended;
    return { exitCode: document.exitCode, record: recordOf(document) };
  };
  /** What a test that fails has to be understood by. */
  const judged = ({ verdict, links, observations: { silences, incidents } }: DrillRecord) =>
    JSON.stringify({ verdict, links, silences, incidents }, null, 1);
  const kill = async (program: string) => process.kill(await world.pid(program), 'SIGKILL');

  it('shows nothing when somebody sets other replicas, and leaves them to him', async () => {
    const { exitCode, record } = await meanwhile('store-down-later', () => world.scale(store, 2));

    expect(exitCode).toBe(9);
    expect(record.verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: `${store} in ${namespace} was changed by somebody else during the drill: somebody set 2 replicas`,
    });
    expect(record.restore?.differences).toEqual([`${store} in ${namespace} wants 2 replicas, not 1`]);
    expect(await world.replicas(store)).toBe(2);
    await world.scale(store, 1);
  });

  it('shows nothing when somebody deletes what it is about, and does not wait for that', async () => {
    const { exitCode, record } = await meanwhile('store-down-later', () =>
      world.client.delete(`/apis/apps/v1/namespaces/${namespace}/deployments/store`),
    );

    expect(exitCode).toBe(9);
    expect(record.verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: `${store} in ${namespace} was deleted by somebody else during the drill: it is there no longer`,
    });
    expect(record.links.find(({ name }) => name === 'recovered')).toMatchObject({
      status: 'broken',
      cause: `${store} in ${namespace} was deleted`,
    });
    expect(await world.replicas(store)).toBeUndefined();
    await world.up();
    expect(await world.replicas(store)).toBe(1);
  });

  it('cannot say anything about rules when Prometheus dies', async () => {
    const { exitCode, record } = await meanwhile('store-down', () => kill('prometheus'));

    expect(exitCode, judged(record)).toBe(9);
    expect(record.verdict).toMatchObject({
      outcome: 'inconclusive',
      summary: expect.stringMatching(/cannot be judged: Prometheus did not answer for/) as string,
    });
    expect(await world.replicas(store)).toBe(1);
    await world.up();
  });

  it('blames no rule for a Prometheus that was started again', async () => {
    const { exitCode, record } = await meanwhile('store-down', () => world.restart('prometheus'));

    expect([0, 9], judged(record)).toContain(exitCode);
    expect(record.verdict.outcome).not.toBe('weakness');
    expect(record.observations.incidents).toContainEqual(
      expect.objectContaining({ message: expect.stringMatching(/^Prometheus was restarted/) as string }),
    );
    expect(await world.replicas(store)).toBe(1);
  });

  it('finds out that nobody is told when the inbox ends in the middle', async () => {
    const { exitCode, record } = await meanwhile('store-down', () => kill('inbox'));

    expect(exitCode).toBe(7);
    expect(record.verdict).toMatchObject({
      outcome: 'weakness',
      summary: expect.stringMatching(
        /^nobody was told of StoreDown: webhook of "inbox" did not take \d+ of \d+ attempts: it was not reached/,
      ) as string,
    });
    expect(record.links.find(({ status }) => status === 'broken')?.name).toBe('delivered');
    expect(await world.replicas(store)).toBe(1);
    await world.up();
  });
});
