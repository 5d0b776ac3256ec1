import { drilled, isDown, namespace, service, type Drilled } from './drilled.js';
import { readyFor } from './followed.js';

/** A drill that takes the Deployment `store` away, for a while after its alert has arrived. */
export const away = (summary: string, hold: string) => ({
  ...{ summary, hold },
  fault: { scale: 'deployment/store', namespace, to: 0 },
  expect: { alerts: ['StoreDown'], receiver: 'inbox' },
});

/** An environment with a Deployment, its alert, and the drill `away`, which nothing is in the way of. */
export async function storeWorld(
  name: string,
  { releases = {}, drills = {} }: { readonly releases?: object; readonly drills?: object } = {},
): Promise<Drilled> {
  const world = await drilled({
    name,
    releases: { store: service({ StoreDown: isDown('store') }), ...releases },
    drills: { away: away('The store is away', '1s'), ...drills },
  });
  await readyFor('away', world.sandbox);
  return world;
}
