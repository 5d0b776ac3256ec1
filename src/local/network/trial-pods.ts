import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { PodStatus } from '../../kubernetes/pod-status.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import type { trialPod } from './policy-objects.js';

const lookIntervalMs = 300;

export interface RunningPod {
  readonly uid: string;
  readonly node: string;
  readonly address: string;
}

interface PodObject extends KubernetesObject {
  readonly status?: PodStatus & { readonly podIP?: string };
}

/**
 * Creates a pod and waits until it runs.
 * @throws PlatformError `tool` when it cannot
 */
export async function startPod(
  wanted: ReturnType<typeof trialPod>,
  { client, clock }: { readonly client: ClusterClient; readonly clock: Clock },
  context: StepContext,
): Promise<RunningPod> {
  const { signal } = context;
  const { name, namespace } = wanted.metadata;
  const node = wanted.spec.nodeName;
  const collection = `/api/v1/namespaces/${namespace}/pods`;
  await poll(signal, clock, lookIntervalMs, () => createOnceAllowed(client, collection, wanted, signal));
  return poll(signal, clock, lookIntervalMs, async () => {
    const found = await client.get<PodObject>(`${collection}/${name}`, signal);
    if (!found) throw new PlatformError('conflict', `somebody deleted the pod ${namespace}/${name}`);
    const { metadata, status } = found;
    const [container] = status?.containerStatuses ?? [];
    const { reason = status?.reason ?? '', message = status?.message ?? '' } = container?.state?.waiting ?? {};
    if (status?.phase === 'Failed' || /^(ErrImage|InvalidImage|CreateContainer|RunContainer)/.test(reason)) {
      throw new PlatformError('tool', `a pod on node ${node} cannot start: ${reason}`, { output: message });
    }
    if (container?.state?.running && status?.podIP) {
      return { uid: metadata.uid ?? '', node, address: status.podIP };
    }
    context.progress({ message: `waiting for a pod on ${node}${reason === '' ? '' : `: ${reason}`}` });
    return undefined;
  });
}

// A new namespace takes pods only once its default ServiceAccount is made.
async function createOnceAllowed(
  client: ClusterClient,
  collection: string,
  pod: object,
  signal: AbortSignal,
): Promise<true | undefined> {
  try {
    await client.create(collection, pod, signal);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 403 && /service ?account/i.test(error.message)) return undefined;
    throw error;
  }
}
