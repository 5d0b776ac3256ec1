import type { Link } from '../record.js';
import { alertEvidence } from './alert-evidence.js';
import { assess } from './assess.js';
import type { ChainInput, Evidence } from './evidence.js';
import { faultEvidence } from './fault-evidence.js';
import { resolutionEvidence } from './resolution-evidence.js';
import { recoveryEvidence, symptomEvidence } from './symptom-evidence.js';

/**
 * How far the chain from the fault to the people who are told has come, link by link: a pure function of what was seen,
 * so that it says the same during a drill and afterwards. A link that is still waited for is `unreached` and has no
 * cause; it is broken when its time is over, when the fault was taken back before it came, or when the drill has ended.
 */
export function judgeChain(input: ChainInput): readonly Link[] {
  const { alerts } = input.drill.expect;
  return assess(
    [
      ...faultEvidence(input),
      symptomEvidence(input),
      ...(alerts.length > 0 ? alerts.flatMap((alert) => alertEvidence(alert, input)) : unaskedAlerts),
      restored(input),
      recoveryEvidence(input),
      ...(alerts.length > 0 ? alerts.map((alert) => resolutionEvidence(alert, input)) : [unasked('resolved')]),
    ],
    input,
  );
}

const unaskedAlerts = (['pending', 'firing', 'grouped', 'routed', 'delivered'] as const).map(unasked);

function unasked(name: Evidence['name']): Evidence {
  return { name, status: 'unasked' };
}

function restored({ drill, marks }: ChainInput): Evidence {
  const isLoad = drill.fault.type === 'load';
  const at = marks.restoredAt ?? (isLoad ? marks.loadEndedAt : undefined);
  return {
    name: 'restored',
    ...(at !== undefined && { at }),
    detail: isLoad ? 'counted from its begin' : 'counted from the fault',
    cause: isLoad ? 'the load did not end' : 'the fault was not taken back',
  };
}
