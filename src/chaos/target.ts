import type { Fault, WorkloadTarget } from './drill.js';

/** The workload that a fault acts on; none where it is a node by its name. */
export function targetOf(fault: Fault): WorkloadTarget | undefined {
  if (fault.type !== 'drain') return fault.target;
  return typeof fault.node === 'string' ? undefined : fault.node;
}
