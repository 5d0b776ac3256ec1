import { targetOf } from '../target.js';
import type { TargetSample } from '../record.js';
import type { ChainInput, Evidence } from './evidence.js';
import { silenceOf } from './silent.js';

/** The fault itself, and that its target is away. */
export function faultEvidence(input: ChainInput): Evidence[] {
  const { drill, marks } = input;
  const isLoad = drill.fault.type === 'load';
  const fault: Evidence = {
    name: 'fault',
    ...(marks.faultAt !== undefined && { at: marks.faultAt }),
    detail: marks.fault ?? (isLoad ? 'the load began' : 'the API server took it'),
    cause: isLoad ? 'the load never began' : 'the fault was not made',
  };
  return [fault, endpoints(input)];
}

function endpoints({ drill: { fault }, observations, marks: { faultAt }, isRehearsed }: ChainInput): Evidence {
  const name = 'endpoints';
  const isGone = fault.type === 'scale' && fault.replicas === 0;
  if (!isGone && fault.type !== 'kill') return { name, status: 'unasked', detail: `${fault.type} leaves some` };
  if (faultAt === undefined) return { name };

  const before = observations.target.findLast(({ at }) => at < faultAt);
  const after = observations.target.filter(({ at }) => at >= faultAt);
  const isSeen = (sample: TargetSample) =>
    isGone ? reachable(sample) === 0 : before !== undefined && reachable(sample) < reachable(before);
  const seen = after.find(isSeen);
  if (seen) return { name, at: seen.at, detail: detailOf(seen, isRehearsed) };

  if (fault.type === 'kill') {
    const detail = 'the new pods were ready between two looks';
    return after.some(({ at }) => at > faultAt) ? { name, status: 'unobserved', detail } : { name };
  }
  if (isRehearsed) return { name, status: 'unobserved', detail: 'addresses of simulated pods prove nothing' };
  const last = after.at(-1);
  const { namespace, name: target } = targetOf(fault) ?? { namespace: '', name: '' };
  const left = last && `${String(reachable(last))} of ${namespace}/${target} can still be reached`;
  return { name, cause: silenceOf('api-server', faultAt, observations) ?? left ?? 'the target was never seen' };
}

/** Without a Service its ready pods are all there is to go by. */
function reachable({ endpoints, ready }: TargetSample): number {
  return endpoints ?? ready;
}

function detailOf({ endpoints }: TargetSample, isRehearsed: boolean): string {
  const what = endpoints === undefined ? 'ready pods: no Service selects them' : 'EndpointSlices of its Services';
  return isRehearsed ? `${what}, of simulated pods` : what;
}
