import { systemClock } from '../../src/clock.js';
import { ApiError } from '../../src/kubernetes/api-errors.js';
import type { ClusterClient } from '../../src/kubernetes/client.js';
import { poll } from '../../src/poll.js';

/**
 * Changes an object as `kubectl edit` does, and again where a controller was faster: what just came to be is still
 * being written by those who look after it.
 */
export function edit<T extends object = { spec: object; data: object }>(
  client: ClusterClient,
  path: string,
  change: (object: T) => Partial<T>,
  write = path,
): Promise<object> {
  return poll(AbortSignal.timeout(30_000), systemClock, 50, async () => {
    const object = await client.get<T>(path);
    if (!object) throw new Error(`there is nothing at ${path}`);
    try {
      return await client.replace<object>(write, { ...object, ...change(object) });
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return undefined;
      throw error;
    }
  });
}

/** `kubectl scale` of the workload at a path. */
export async function scale(client: ClusterClient, path: string, replicas: number): Promise<void> {
  await edit(client, `${path}/scale`, () => ({ spec: { replicas } }));
}
