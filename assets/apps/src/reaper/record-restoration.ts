import type { Drill, DrillConfigMap } from './drills.js';
import { intents, type Restoration } from './intent.js';
import type { RestoreApi } from './restore-api.js';

/** How often a ConfigMap that changes all the time is read again. */
const attempts = 10;

/** `late`: somebody has written it already, or has removed the record; `alive`: the owner has shown a new sign of life. */
export type Recorded = 'first' | 'late' | 'alive';

/**
 * Writes beside an intent that it was taken back, unless somebody has done so already or has removed it.
 * @param heartbeat the last one that is known, where nothing was in place yet: an owner who is back makes the fault only
 * now, and would not have it taken back again once this is written
 */
export async function recordRestoration(
  { name, uid, heartbeat }: Pick<Drill, 'name' | 'uid'> & Partial<Pick<Drill, 'heartbeat'>>,
  restoration: Restoration,
  api: Pick<RestoreApi, 'get' | 'patch'>,
): Promise<Recorded> {
  const path = `${intents.collection}/${name}`;
  const key = intents.keys.restoration;
  for (let attempt = 1; ; attempt += 1) {
    const found = (await api.get(path)) as DrillConfigMap | undefined;
    if (found?.metadata.uid !== uid || found.data?.[key] !== undefined) return 'late';
    if (heartbeat !== undefined && (found.data?.[intents.keys.heartbeat] ?? '') !== heartbeat) return 'alive';
    const { resourceVersion } = found.metadata;
    const answer = await api.patch(path, {
      metadata: { resourceVersion },
      data: { [key]: JSON.stringify(restoration) },
    });
    if (answer === 'done') return 'first';
    if (attempt === attempts) throw new Error(`${name} changed ${String(attempts)} times while it was written to`);
  }
}
