import type { Drill } from '../drill.js';
import type { Finding } from '../record.js';
import type { World } from '../world.js';
import type { Check, PreflightOptions } from './check.js';
import { checkAddresses } from './checks/addresses.js';
import { checkAlertGroups } from './checks/alert-groups.js';
import { checkAutoscaler } from './checks/autoscaler.js';
import { checkBaseline } from './checks/baseline.js';
import { checkClocks } from './checks/clocks.js';
import { checkDataLoss } from './checks/data-loss.js';
import { checkInhibitions } from './checks/inhibitions.js';
import { checkMonitoring } from './checks/monitoring.js';
import { checkMuteTimes } from './checks/mute-times.js';
import { checkNetworkPolicies } from './checks/network-policies.js';
import { checkNode } from './checks/node.js';
import { checkOpenDrills } from './checks/open-drills.js';
import { checkOwners } from './checks/owners.js';
import { checkReaper } from './checks/reaper.js';
import { checkRehearsal } from './checks/rehearsal.js';
import { checkResolvedMessages } from './checks/resolved-messages.js';
import { checkRoutes } from './checks/routes.js';
import { checkRules } from './checks/rules.js';
import { checkSilences } from './checks/silences.js';
import { checkTarget } from './checks/target.js';
import { checkWatchdog } from './checks/watchdog.js';
import { gatherFacts, type Facts } from './facts.js';

/** In the order in which they are told: what is broken, who would notice, who would be told. */
const checks: readonly Check[] = [
  checkOpenDrills,
  checkTarget,
  checkNode,
  checkDataLoss,
  checkOwners,
  checkReaper,
  checkNetworkPolicies,
  checkAutoscaler,
  checkAddresses,
  checkRehearsal,
  checkClocks,
  checkMonitoring,
  checkWatchdog,
  checkRules,
  checkBaseline,
  checkRoutes,
  checkSilences,
  checkInhibitions,
  checkMuteTimes,
  checkAlertGroups,
  checkResolvedMessages,
];

/** What the facts say of a drill; pure. */
export function findingsOf(drill: Drill, facts: Facts, options: PreflightOptions = {}): readonly Finding[] {
  return checks.flatMap((check) => check(drill, facts, options));
}

/**
 * Looks whether a drill may run and can prove anything, before it changes anything. Programs that do not answer are
 * findings; it rejects only when the signal aborts.
 */
export async function preflight(
  drill: Drill,
  world: World,
  signal: AbortSignal,
  options: PreflightOptions = {},
): Promise<readonly Finding[]> {
  return findingsOf(drill, await gatherFacts(drill, world, signal), options);
}
