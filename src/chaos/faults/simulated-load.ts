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
    async inject(injecting, onDone) {
      await share(millicores, workload, client, injecting);
      onDone?.(clock.now());
      const ending = new AbortController();
      const going = keepSharing(millicores, workload, { client, clock, ending: ending.signal }, injecting);
      // `end` tells it; until then nobody listens.
      going.catch(() => undefined);
      return {
        detail: `${subject} reports ${String(millicores)}m of processor time, as ${String(ratePerSecond)} requests a second would cost`,
        async end() {
          ending.abort();
          await going;
        },
      };
    },
  };
}

/**
 * Shares anew among the pods there are, until one of the signals aborts; an API server that is away is waited for. When
 * it is to end, what is being written is waited for: it must not arrive after the load was taken back.
 */
async function keepSharing(
  millicores: number,
  workload: TargetWorkload,
  { client, clock, ending }: Parts & { readonly ending: AbortSignal },
  signal: AbortSignal,
): Promise<void> {
  const either = AbortSignal.any([signal, ending]);
  for (;;) {
    try {
      await clock.sleep(everyMs, either);
      await share(millicores, workload, client, signal);
    } catch (error) {
      if (either.aborted) return;
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

async function patchUnlessGone(
  client: ClusterClient,
  path: string,
  uid: string | undefined,
  value: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.patch(path, { metadata: { uid, annotations: { [simulatedCpu]: value } } }, signal);
  } catch (error) {
    if (!(error instanceof ApiError && [404, 409].includes(error.status))) throw error;
  }
}
