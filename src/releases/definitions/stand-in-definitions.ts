import type { Clock } from '../../clock.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { labels } from '../../kubernetes/objects.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/**
 * Deletes the definitions a stand-in brought, and waits until they are gone. Helm never removes what came from a
 * chart's crds/, the real chart could neither own nor correct them, and it would take an ending one for present.
 */
export async function removeStandInDefinitions(
  client: ClusterClient,
  release: string,
  clock: Clock,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  const labelSelector = `${labels.standIn}=true,app.kubernetes.io/instance=${release}`;
  const list = () => client.list(collection, { labelSelector, metadataOnly: true }, signal);
  const definitions = await list();
  await Promise.all(definitions.map(({ metadata }) => client.delete(`${collection}/${metadata.name}`, signal)));
  await poll(signal, clock, 200, async () => {
    const left = await list();
    if (left.length > 0) context.progress({ message: `waiting for the end of ${String(left.length)} definitions` });
    return left.length === 0 ? true : undefined;
  });
}
