import type { Clock } from '../../clock.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { DrainFault } from '../drill.js';
import { changedSince, compareAndSet } from './compare-and-set.js';
import { chooseNode, nodePath, type Node } from './drained-node.js';
import { evict } from './evict.js';
import { clusterGrant } from './grants.js';
import { podChange } from './pod-change.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';

/**
 * Lets a node take no new pods and evicts those it has, within their disruption budgets. Pods of DaemonSets and mirror
 * pods stay, as they belong to the node.
 */
export async function planDrain(
  fault: DrainFault,
  { run, signal }: FaultOptions,
  { client, clock }: { readonly client: ClusterClient; readonly clock: Clock },
): Promise<PlannedFault> {
  const { node, pods } = await chooseNode(fault, client, signal);
  const { name, uid = '' } = node.metadata;
  const subject = `node/${name}`;
  const path = nodePath(name);
  const from = node.spec.unschedulable ?? false;
  const rule = { apiGroups: [''], resources: ['nodes'], resourceNames: [name], verbs: ['get', 'patch'] };
  return {
    changes: [{ type: 'cordon', path, uid, subject, from }, ...pods.map(podChange)],
    grants: clusterGrant(run, [rule]),
    async inject(injecting, onDone) {
      await compareAndSet(subject, { clock, signal: injecting }, async (mayBeDone) => {
        const now = await client.get<Node>(path, injecting);
        if (now?.metadata.uid !== uid) throw changedSince(subject, 'it is gone');
        const isCordoned = now.spec.unschedulable ?? false;
        if (isCordoned !== from && !mayBeDone) {
          throw changedSince(subject, isCordoned ? 'it takes no pods any more' : 'it takes pods again');
        }
        const { resourceVersion } = now.metadata;
        const cordoned = { metadata: { uid, resourceVersion }, spec: { unschedulable: true } };
        if (!isCordoned) await client.patch(path, cordoned, injecting);
      });
      const cordonedAt = clock.now();
      const { evicted, left } = await evict(pods, { client, clock, onDone }, injecting);
      if (evicted === 0) onDone?.(cordonedAt);
      const stayed = left.length > 0 ? `; ${left.join('; ')}` : '';
      return { detail: `${subject} takes no new pods, ${count(evicted)} evicted${stayed}` };
    },
  };
}

function count(pods: number): string {
  return pods === 1 ? '1 pod was' : `${String(pods)} pods were`;
}
