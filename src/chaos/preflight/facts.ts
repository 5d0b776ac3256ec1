import { ClusterView } from '../../kubernetes/cluster-view.js';
import { networkPolicyFinding } from '../../local/network/policy-step.js';
import type { Drill } from '../drill.js';
import { listIntents } from '../intent/intents.js';
import { apiServerOffset, type ClockOffset } from '../observe/offsets.js';
import { openDrills, type OpenDrill } from '../intent/open-drills.js';
import { targetOf } from '../target.js';
import type { World } from '../world.js';
import { answerOf, asked, type Asked } from './asked.js';
import { askAddresses, type AddressFacts } from './facts/addresses.js';
import { readAlertmanager, type AlertmanagerFacts } from './facts/alertmanager.js';
import { readAutoscaler, type AutoscalerFacts } from './facts/autoscaler.js';
import { readNodes, type NodeFacts } from './facts/node.js';
import { readPrometheus, type PrometheusFacts } from './facts/prometheus.js';
import { readReaper, type ReaperFacts } from './facts/reaper.js';
import { readWorkloadFacts, type WorkloadFacts } from './facts/workload.js';

/** All that is asked before a drill, once; what a drill does not touch is absent. Moments are milliseconds since the epoch. */
export interface Facts {
  /** By our clock. */
  readonly at: number;
  /** Against ours, as is that of its controllers; absent where it could not be told. */
  readonly apiServerClock?: ClockOffset;
  /** Where nothing is real but the control plane. */
  readonly simulation?: string;
  /** Absent where nothing watches the environment. */
  readonly monitoring?: {
    readonly prometheus: Asked<PrometheusFacts>;
    readonly alertmanager: Asked<AlertmanagerFacts>;
    readonly inbox: Asked<true>;
  };
  readonly target?: Asked<WorkloadFacts>;
  readonly node?: Asked<NodeFacts>;
  readonly autoscaler?: Asked<AutoscalerFacts | undefined>;
  /** Those that nobody has taken back yet. */
  readonly openDrills: Asked<readonly OpenDrill[]>;
  readonly reaper: Asked<ReaperFacts>;
  readonly addresses: AddressFacts;
  /** What was proven of this pod network by trying; only for a fault that cuts. */
  readonly networkPolicies?: Asked<'enforced' | 'open' | undefined>;
}

/** The moment of the facts by the clock of the API server and its controllers. */
export function clusterTime({ at, apiServerClock }: Pick<Facts, 'at' | 'apiServerClock'>): number {
  return at + (apiServerClock?.ms ?? 0);
}

/** Asks everybody at once; whoever does not answer is told as such. Rejects only when the signal aborts. */
export async function gatherFacts(drill: Drill, world: World, signal: AbortSignal): Promise<Facts> {
  const { client, clock, environment, provider, probe } = world;
  const { fault } = drill;
  const workload = targetOf(fault);
  const readingTarget = workload && asked(() => readWorkloadFacts(client, workload, signal), signal);
  const [monitoring, target, node, autoscaler, open, reaper, addresses, networkPolicies, clocks] = await Promise.all([
    readMonitoring(drill, world, signal),
    readingTarget,
    fault.type === 'drain'
      ? asked(async () => readNodes(client, fault.node, answerOf(await readingTarget), signal), signal)
      : undefined,
    asked(() => readAutoscaler(client, drill, workload, signal), signal),
    asked(async () => openDrills(await listIntents(client, signal)).filter(({ restoration }) => !restoration), signal),
    asked(() => readReaper(client, clock, signal), signal),
    provider.simulation === undefined ? askAddresses(drill, probe, signal) : {},
    fault.type === 'cut'
      ? asked(
          () => networkPolicyFinding(environment.local.cni, new ClusterView(() => Promise.resolve(client), clock)),
          signal,
        )
      : undefined,
    asked(() => apiServerOffset(client, clock, signal), signal),
  ]);
  const apiServerClock = answerOf(clocks);
  return {
    at: clock.now(),
    ...(apiServerClock && { apiServerClock }),
    ...(provider.simulation !== undefined && { simulation: provider.simulation }),
    ...(monitoring && { monitoring }),
    ...(target && { target }),
    ...(node && { node }),
    autoscaler,
    openDrills: open,
    reaper,
    addresses,
    ...(networkPolicies && { networkPolicies }),
  };
}

async function readMonitoring(
  { expect }: Drill,
  { monitoring, clock }: World,
  signal: AbortSignal,
): Promise<Facts['monitoring']> {
  if (!monitoring) return undefined;
  const [prometheus, alertmanager, inbox] = await Promise.all([
    asked(() => readPrometheus(monitoring.prometheus, { alerts: expect.alerts, clock }, signal), signal),
    asked(() => readAlertmanager(monitoring.alertmanager, signal), signal),
    asked(async () => {
      await monitoring.inbox.deliveries({ since: clock.now() }, signal);
      return true as const;
    }, signal),
  ]);
  return { prometheus, alertmanager, inbox };
}
