import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError, ApiUnreachableError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { selectorText } from '../../kubernetes/label-selector.js';
import type { LoadFault } from '../drill.js';
import { isReady, podPath } from '../workload/pod.js';
import { podsOf } from '../workload/pods.js';
import { readTarget, type TargetWorkload } from '../workload/workload.js';
import { namespaceGrant } from './grants.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';

/** What simulated pods report as their processor time, see assets/embedded/resource-usage.yaml. */
const simulatedCpu = 'platform.dev/simulated-cpu';
/** Well under the resolution of metrics-server, 15 s. */
const everyMs = 2_000;

interface Parts {
  readonly client: ClusterClient;
  readonly clock: Clock;
}

/**
 * Lets the ready pods of a workload report the processor time that the requests would cost, shared among them, so that
 * the real autoscaler acts on it.
 */
export async function planSimulatedLoad(
  { target, simulated: { ratePerSecond, cpuMs } }: LoadFault,
  { run, signal }: FaultOptions,
  { client, clock }: Parts,
): Promise<PlannedFault> {
  const workload = await readTarget(target, client, signal);
  const { subject, selector, object } = workload;
  if (object.spec.template.metadata?.annotations?.[simulatedCpu] !== undefined) {
    throw new PlatformError('conflict', `pods of ${subject} have a simulated processor time of their own`, {
      suggestions: [`take the annotation ${simulatedCpu} out of its pod template`],
    });
  }
  const collection = `/api/v1/namespaces/${target.namespace}/pods`;
  const labelSelector = selectorText(selector);
  const millicores = ratePerSecond * cpuMs;
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['list', 'patch'] };
  return {
    changes: [
      { type: 'annotation', collection, labelSelector, key: simulatedCpu, subject: `simulated load on ${subject}` },
    ],
    grants: namespaceGrant(run, target.namespace, [rule]),
    async inject(injecting) {
      await share(millicores, workload, client, injecting);
      const at = clock.now();
      const ending = new AbortController();
      const going = keepSharing(millicores, workload, { client, clock }, AbortSignal.any([injecting, ending.signal]));
      // `end` tells it; until then nobody listens.
      going.catch(() => undefined);
      return {
        at,
        detail: `${subject} reports ${String(millicores)}m of processor time, as ${String(ratePerSecond)} requests a second would cost`,
        async end() {
          ending.abort();
          await going;
          await clear(collection, labelSelector, client);
        },
      };
    },
  };
}

/** Shares anew among the pods there are, until the signal aborts; an API server that is away is waited for. */
async function keepSharing(
  millicores: number,
  workload: TargetWorkload,
  { client, clock }: Parts,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await clock.sleep(everyMs, signal);
      await share(millicores, workload, client, signal);
    } catch (error) {
      if (signal.aborted) return;
      // What it is refused the autoscaler's trajectory shows: the load it was to carry is not there.
      if (!(error instanceof ApiError || error instanceof ApiUnreachableError)) throw error;
    }
  }
}

async function share(
  millicores: number,
  workload: TargetWorkload,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<void> {
  const pods = (await podsOf(workload, client, signal)).filter(isReady);
  const value = `${String(Math.max(Math.round(millicores / pods.length), 1))}m`;
  const changed = pods.filter(({ metadata }) => metadata.annotations?.[simulatedCpu] !== value);
  await Promise.all(changed.map((pod) => patchUnlessGone(client, podPath(pod), pod.metadata.uid, value, signal)));
}

async function clear(collection: string, labelSelector: string, client: ClusterClient): Promise<void> {
  const pods = await client.list(collection, { labelSelector, metadataOnly: true });
  const annotated = pods.filter(({ metadata }) => metadata.annotations?.[simulatedCpu] !== undefined);
  await Promise.all(
    annotated.map(({ metadata: { name, uid } }) => patchUnlessGone(client, `${collection}/${name}`, uid, null)),
  );
}

async function patchUnlessGone(
  client: ClusterClient,
  path: string,
  uid: string | undefined,
  value: string | null,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await client.patch(path, { metadata: { uid, annotations: { [simulatedCpu]: value } } }, signal);
  } catch (error) {
    if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
  }
}
