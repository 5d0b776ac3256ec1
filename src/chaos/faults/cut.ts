import { intents } from '../../../assets/apps/src/reaper/intent.js';
import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { labelsFor, matchesSelector, type LabelSelector } from '../../kubernetes/label-selector.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import type { CutFault } from '../drill.js';
import { podsOf } from '../workload/pods.js';
import { readTarget, type TargetWorkload } from '../workload/workload.js';
import type { World } from '../world.js';
import { calicoDenial } from './calico-policy.js';
import { changedSince, compareAndSet } from './compare-and-set.js';
import type { Denial, PolicyType } from './denial.js';
import { namespaceGrant } from './grants.js';
import { kill } from './kill.js';
import type { FaultOptions, PlannedFault } from './planned-fault.js';
import { podChange } from './pod-change.js';

interface NetworkPolicy extends KubernetesObject {
  readonly spec?: {
    readonly podSelector?: LabelSelector;
    readonly ingress?: readonly unknown[] | null;
    readonly egress?: readonly unknown[] | null;
  };
}

/**
 * Cuts the network of a workload's pods by a policy. Most networks leave connections alone that are open already; those
 * end with their pods, which are made anew behind the policy.
 * @throws PlatformError `conflict` where other policies allow traffic, to which one of Kubernetes can only add
 */
export async function planCut(
  { target, direction, connections }: CutFault,
  { run, signal }: FaultOptions,
  { client, clock, provider }: { readonly client: ClusterClient; readonly clock: Clock } & Pick<World, 'provider'>,
): Promise<PlannedFault> {
  const workload = await readTarget(target, client, signal);
  const types = typesOf(direction);
  const allowing = await policiesThatAllow(workload, types, client, signal);
  const denial =
    allowing.length === 0
      ? plainDenial(workload, types, run)
      : await calicoDenial({ workload, types, run }, client, signal);
  if (!denial) throw cannotDeny(workload, allowing);
  const victims = connections === 'end' ? await podsOf(workload, client, signal) : [];
  const { policy, collection, subject, rules, more } = denial;
  return {
    changes: [{ type: 'object', path: `${collection}/${policy.metadata.name}`, subject }, ...victims.map(podChange)],
    grants: [...namespaceGrant(run, target.namespace, rules), ...more],
    async inject(injecting, onDone) {
      const now = await policiesThatAllow(workload, types, client, injecting);
      const added = now.find((name) => !allowing.includes(name));
      if (allowing.length === 0 && added !== undefined) {
        throw changedSince(workload.subject, `the networkpolicy ${added} lets traffic through`);
      }
      await compareAndSet(subject, { clock, signal: injecting }, async (mayBeDone) => {
        const found = await client.get(`${collection}/${policy.metadata.name}`, injecting);
        if (!found) await client.create(collection, policy, injecting);
        else if (!mayBeDone) throw changedSince(workload.subject, `there is a ${subject} already`);
      });
      onDone?.(clock.now());
      for (const pod of victims) await kill(pod, client, { clock, signal: injecting });
      const open = victims.length === 0 ? 'new connections' : 'connections, open ones ended with their pods,';
      const enforced = provider.simulation === undefined ? '' : '; simulated pods have no network that enforces it';
      return {
        detail: `${subject} denies ${open} (${types.join(' and ').toLowerCase()}) of ${workload.subject}${enforced}`,
      };
    },
  };
}

function typesOf(direction: 'ingress' | 'egress' | 'both'): PolicyType[] {
  if (direction === 'both') return ['Ingress', 'Egress'];
  return [direction === 'ingress' ? 'Ingress' : 'Egress'];
}

function plainDenial({ target, selector }: TargetWorkload, types: readonly PolicyType[], run: string): Denial {
  const { namespace } = target;
  const name = intents.name(run);
  return {
    policy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace, labels: { [labels.run]: run } },
      ...{ spec: { podSelector: selector, policyTypes: types } },
    },
    collection: `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`,
    subject: `networkpolicy/${name} in ${namespace}`,
    rules: [
      {
        apiGroups: ['networking.k8s.io'],
        resources: ['networkpolicies'],
        resourceNames: [name],
        verbs: ['get', 'delete'],
      },
    ],
    more: [],
  };
}

/** Names of the policies that let anything through to or from the pods: policies of Kubernetes only add to each other. */
async function policiesThatAllow(
  workload: TargetWorkload,
  types: readonly PolicyType[],
  client: ClusterClient,
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace } = workload.target;
  const [policies, pods] = await Promise.all([
    client.list<NetworkPolicy>(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`, {}, signal),
    podsOf(workload, client, signal),
  ]);
  // Where no pod runs, its labels are guessed by the selector.
  const labelsOfPods = pods.length > 0 ? pods.map(({ metadata }) => metadata.labels) : [labelsFor([workload.selector])];
  const isAllowing = ({ spec = {} }: NetworkPolicy) =>
    types.some((type) => ((type === 'Ingress' ? spec.ingress : spec.egress) ?? []).length > 0) &&
    labelsOfPods.some((one) => matchesSelector(spec.podSelector, one));
  return policies.filter(isAllowing).map(({ metadata }) => metadata.name);
}

function cannotDeny({ subject, target }: TargetWorkload, allowing: readonly string[]): PlatformError {
  return new PlatformError(
    'conflict',
    `the network of ${subject} cannot be cut: policies of Kubernetes only add to each other, and ${allowing.join(', ')} ${allowing.length === 1 ? 'lets' : 'let'} traffic through`,
    {
      suggestions: [
        'use a pod network that has policies which deny: `local: { cni: calico }`',
        `or aim the drill at a workload that no such policy selects (kubectl get networkpolicies --namespace ${target.namespace})`,
      ],
    },
  );
}
