import type { ClusterClient } from '../kubernetes/client.js';
import { labels } from '../kubernetes/objects.js';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/**
 * Deletes the definitions a stand-in brought. Helm never removes what came from a chart's crds/, and the real chart
 * could neither own nor correct them.
 */
export async function removeStandInDefinitions(client: ClusterClient, release: string, signal: AbortSignal): Promise<void> {
  const labelSelector = `${labels.standIn}=true,app.kubernetes.io/instance=${release}`;
  const definitions = await client.list(collection, { labelSelector, metadataOnly: true }, signal);
  await Promise.all(definitions.map(({ metadata }) => client.delete(`${collection}/${metadata.name}`, signal)));
}
