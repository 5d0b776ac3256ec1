import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { broken, drilled, isDown, namespace, recordOf, service, type Drilled } from './drilled.js';

const away = (name: string) => ({ scale: `deployment/${name}`, namespace, to: 0 });

describe('a drill', () => {
  let world: Drilled;
  beforeAll(async () => {
    world = await drilled({
      name: 'chain',
      releases: {
        store: service({ StoreDown: isDown('store'), StoreAlsoDown: isDown('store', { severity: 'warning' }) }),
      },
      drills: {
        'store-down': {
          fault: away('store'),
          expect: { alerts: ['StoreDown'], mayFire: ['StoreAlsoDown'], receiver: 'inbox' },
        },
      },
    });
  });
  afterAll(() => world.dispose());

  it('passes', async () => {
    const document = await world.run('store-down');
    const record = recordOf(document);
    expect(broken(record)).toEqual([]);
    expect(record.verdict).toMatchObject({ outcome: 'passed', isRehearsed: true });
    expect(document.exitCode).toBe(0);
    expect(await world.replicas('deployment/store')).toBe(1);
    expect(await world.leftovers()).toEqual([]);
  });
});
