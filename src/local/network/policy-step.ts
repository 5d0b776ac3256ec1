import { createHash } from 'node:crypto';
import type { Clock } from '../../clock.js';
import type { NodeMachines } from '../../clusters/cluster.js';
import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import { workloadPaths } from '../../kubernetes/workloads.js';
import type { Check, Step } from '../../plan/step.js';
import { canonicalJson } from '../../releases/input-hash.js';
import { readProofs, writeProof } from '../proofs.js';
import { tryNetworkPolicy } from './policy-trial.js';

const proofName = 'network-policy';
type Finding = 'enforced' | 'open';
const openWords = 'NetworkPolicies are not enforced by this pod network: every pod reaches every other';

export interface NetworkPolicyOptions {
  readonly environment: string;
  /** What `local.cni` says. */
  readonly cni: string;
  /** Of the provider; without them nobody can look from inside a pod's network. */
  readonly machines: NodeMachines | undefined;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly needs: readonly string[];
  /** Called before the first write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Told what is no failure but has to be known: that the provider's own network lets everything through. */
  readonly warn: (message: string) => void;
}

/**
 * Proves that NetworkPolicies are enforced, once for each pod network: denied traffic does not pass, allowed traffic
 * does. That they are not is an error for a network that was asked for, and a warning for the provider's own.
 */
export function networkPolicyStep(options: NetworkPolicyOptions): Step {
  const { environment, cni, machines, view, clock, needs, ensureOwned, warn } = options;
  return {
    id: 'network/policy',
    title: 'NetworkPolicies',
    needs,
    lane: 'wait',
    budgetMs: 3 * 60_000,
    estimateMs: 8_000,
    async check(): Promise<Check> {
      if (!machines) return { status: 'omitted', reason: 'its nodes are no containers of this machine to look into' };
      if (cni === 'none') return { status: 'omitted', reason: 'local.cni is none: the pod network is not ours' };
      if (!(await view.connection())) return { status: 'needed', reason: 'there is no cluster yet' };
      const proof = await readProof(cni, view);
      if (proof === undefined) return { status: 'needed', reason: 'not tried yet' };
      if (!proof.isCurrent) return { status: 'needed', reason: 'the pod network changed' };
      return { status: 'satisfied', detail: proof.finding === 'enforced' ? 'enforced' : 'not enforced' };
    },
    async apply(context) {
      const client = await view.connection();
      if (!client || !machines) throw new PlatformError('conflict', 'the cluster is gone');
      await ensureOwned(context.signal);
      const isEnforced = await tryNetworkPolicy({ environment, machines, client, clock }, context);
      if (!isEnforced && cni !== 'default') throw notEnforced(cni);
      if (!isEnforced) warn(`${openWords}; local.cni: calico enforces them`);
      const finding: Finding = isEnforced ? 'enforced' : 'open';
      await writeProof(client, proofName, `${await networkDigest(cni, view)} ${finding}`, context.signal);
      view.forget();
      return isEnforced ? 'allowed traffic passes, denied traffic does not' : 'not enforced';
    },
  };
}

/**
 * Whether NetworkPolicies are enforced, as the step has proven it of this pod network; `undefined` where it has not.
 * @param cni what `local.cni` says
 */
export async function networkPolicyFinding(cni: string, view: ClusterView): Promise<Finding | undefined> {
  const proof = await readProof(cni, view);
  return proof?.isCurrent ? proof.finding : undefined;
}

async function readProof(
  cni: string,
  view: ClusterView,
): Promise<{ readonly finding: Finding; readonly isCurrent: boolean } | undefined> {
  const proof = (await readProofs(view))[proofName];
  if (proof === undefined) return undefined;
  const [digest, finding] = proof.split(' ');
  const isCurrent = digest === (await networkDigest(cni, view));
  return { finding: finding === 'enforced' ? 'enforced' : 'open', isCurrent };
}

function notEnforced(cni: string): PlatformError {
  return new PlatformError('tool', openWords, {
    suggestions: [
      cni === 'calico'
        ? 'see the logs of the DaemonSet calico-system/calico-node'
        : `use a manifest of a network that enforces them instead of ${cni}, or local.cni: calico`,
    ],
  });
}

interface DaemonSetObject extends KubernetesObject {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly { readonly image?: string }[];
        readonly initContainers?: readonly { readonly image?: string }[];
        readonly volumes?: readonly { readonly hostPath?: { readonly path: string } }[];
      };
    };
  };
}

/** Changes with the cluster, with `local.cni`, and with the versions of what puts itself into the nodes as their network. */
async function networkDigest(cni: string, view: ClusterView): Promise<string> {
  const [namespaces, daemons] = await Promise.all([
    view.namespaces(),
    view.list<DaemonSetObject>(workloadPaths.DaemonSet),
  ]);
  const cluster = namespaces.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid;
  const images = daemons
    .map(({ spec }) => spec.template.spec)
    .filter(({ volumes = [] }) => volumes.some(({ hostPath }) => /^\/(etc|opt)\/cni\//.test(hostPath?.path ?? '')))
    .flatMap(({ containers, initContainers = [] }) =>
      [...containers, ...initContainers].map(({ image = '' }) => image),
    );
  const text = canonicalJson({ cluster, cni, images: images.sort() });
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}
