import type { Drill, DrillConfigMap } from './drills.js';
import { intents, type Restoration } from './intent.js';
import type { RestoreApi } from './restore-api.js';

/** How often a ConfigMap that changes all the time is read again. */
const attempts = 10;

/**
 * Writes beside an intent that it was taken back, unless somebody has done so already or has removed it.
 * @returns whether this was the first
 */
export async function recordRestoration(
  { name, uid }: Pick<Drill, 'name' | 'uid'>,
  restoration: Restoration,
  api: Pick<RestoreApi, 'get' | 'patch'>,
): Promise<boolean> {
  const path = `${intents.collection}/${name}`;
  const key = intents.keys.restoration;
  for (let attempt = 1; ; attempt += 1) {
    const found = (await api.get(path)) as DrillConfigMap | undefined;
    if (found?.metadata.uid !== uid || found.data?.[key] !== undefined) return false;
    const { resourceVersion } = found.metadata;
    const answer = await api.patch(path, {
      metadata: { resourceVersion },
      data: { [key]: JSON.stringify(restoration) },
    });
    if (answer === 'done') return true;
    if (attempt === attempts) throw new Error(`${name} changed ${String(attempts)} times while it was written to`);
  }
}
