import { parseDuration } from '../../../duration.js';
import type { ClusterClient } from '../../../kubernetes/client.js';
import { matchesSelector, type Labels } from '../../../kubernetes/label-selector.js';
import type { KubernetesObject } from '../../../kubernetes/objects.js';
import type { PodSpec } from '../../workload/pod.js';

const api = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';
const flag = '--metric-resolution';
/** Of metrics-server where the flag is not given (cmd/metrics-server/app/options, as of 0.8); its manifests give 15s. */
const defaultMs = 60_000;

interface ApiService extends KubernetesObject {
  readonly spec: { readonly service?: { readonly namespace: string; readonly name: string } };
}

interface Service extends KubernetesObject {
  readonly spec: { readonly selector?: Labels };
}

interface Deployment extends KubernetesObject {
  readonly spec: { readonly template: { readonly metadata?: { readonly labels?: Labels }; readonly spec: PodSpec } };
}

/**
 * How often the metrics that autoscalers read are measured, in milliseconds, by the flag of the metrics-server behind
 * them; `undefined` where none runs in the cluster: beside the control plane, or where something else serves them.
 */
export async function readMetricsResolution(
  client: Pick<ClusterClient, 'get' | 'list'>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const service = (await client.get<ApiService>(api, signal))?.spec.service;
  if (!service) return undefined;
  const { namespace, name } = service;
  const found = await client.get<Service>(`/api/v1/namespaces/${namespace}/services/${name}`, signal);
  const matchLabels = found?.spec.selector;
  if (!matchLabels) return undefined;
  const all = await client.list<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments`, {}, signal);
  const { containers } = all
    .map(({ spec: { template } }) => template)
    .find(({ metadata }) => matchesSelector({ matchLabels }, metadata?.labels))?.spec ?? { containers: [] };
  const words = containers.flatMap(({ command = [], args = [] }) => [...command, ...args]);
  const given = valueOf(words);
  if (given !== undefined) return parseDuration(given);
  return containers.some(({ image = '' }) => image.includes('metrics-server')) ? defaultMs : undefined;
}

function valueOf(words: readonly string[]): string | undefined {
  const joined = words.findLast((word) => word.startsWith(`${flag}=`))?.slice(flag.length + 1);
  const index = words.lastIndexOf(flag);
  return joined ?? (index < 0 ? undefined : words[index + 1]);
}
