import { coerce } from 'semver';
import { intents } from '../../../assets/apps/src/reaper/intent.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { LabelExpression, LabelSelector } from '../../kubernetes/label-selector.js';
import { labels, type KubernetesObject } from '../../kubernetes/objects.js';
import type { Denial, PolicyType } from './denial.js';
import { clusterGrant } from './grants.js';
import type { TargetWorkload } from '../workload/workload.js';

const definitions = 'crd.projectcalico.org';
const api = 'projectcalico.org';
/** Kubernetes' own policies are in this tier, with the order 1000: what comes before them decides. */
const tier = 'default';

export interface Asked {
  readonly workload: TargetWorkload;
  readonly types: readonly PolicyType[];
  readonly run: string;
}

/**
 * A policy of Calico that denies before all others are asked; `undefined` where Calico is not served. By its own API
 * where that is there, since only it checks what it is given.
 */
export async function calicoDenial(
  { workload, types, run }: Asked,
  client: ClusterClient,
  signal: AbortSignal,
): Promise<Denial | undefined> {
  const { namespace } = workload.target;
  const [isApi, isDefinitions] = await Promise.all(
    [`/apis/${api}/v3`, `/apis/${definitions}/v1`].map((path) => isServed(path, client, signal)),
  );
  if (!isApi && !isDefinitions) return undefined;
  const own = intents.name(run);
  const group = isApi ? api : definitions;
  const apiVersion = isApi ? `${api}/v3` : `${definitions}/v1`;
  const name = isApi || !(await storesTierInName(client, signal)) ? own : `${tier}.${own}`;
  const deny = (type: PolicyType) => (types.includes(type) ? [{ action: 'Deny' }] : undefined);
  const spec = {
    ...{ tier, order: 0, selector: calicoSelector(workload.selector), types },
    ...{ ingress: deny('Ingress'), egress: deny('Egress') },
  };
  const removal = { apiGroups: [group], verbs: ['get', 'delete'] };
  return {
    policy: {
      apiVersion,
      kind: 'NetworkPolicy',
      metadata: { name, namespace, labels: { [labels.run]: run } },
      ...{ spec },
    },
    collection: `/apis/${apiVersion}/namespaces/${namespace}/networkpolicies`,
    subject: `networkpolicy.${group}/${name} in ${namespace}`,
    rules: [
      { ...removal, resources: ['networkpolicies'], resourceNames: [name] },
      // Calico's API server asks for rights on policies of a tier, too.
      ...(isApi ? [{ ...removal, resources: ['tier.networkpolicies'], resourceNames: [`${tier}.${name}`] }] : []),
    ],
    more: isApi
      ? clusterGrant(run, [{ apiGroups: [api], resources: ['tiers'], resourceNames: [tier], verbs: ['get'] }])
      : [],
  };
}

/** A label selector in Calico's own language. */
export function calicoSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const terms = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key} == '${value}'`),
    ...matchExpressions.map(term),
  ];
  return terms.length > 0 ? terms.join(' && ') : 'all()';
}

function term({ key, operator, values = [] }: LabelExpression): string {
  const list = `{${values.map((value) => `'${value}'`).join(', ')}}`;
  switch (operator) {
    case 'In':
      return `${key} in ${list}`;
    case 'NotIn':
      return `${key} not in ${list}`;
    case 'DoesNotExist':
      return `!has(${key})`;
    default:
      return `has(${key})`;
  }
}

// Before 3.32 Calico's definitions hold policies as `default.<name>`; from then on a controller renames those that are
// still called so, and would move ours away from where it is looked for (projectcalico/calico#11493).
async function storesTierInName(client: ClusterClient, signal: AbortSignal): Promise<boolean> {
  const path = `/apis/${definitions}/v1/clusterinformations/default`;
  const information = await client.get<KubernetesObject & { spec?: { calicoVersion?: string } }>(path, signal);
  const version = coerce(information?.spec?.calicoVersion);
  return version?.major === 3 && version.minor < 32;
}

async function isServed(path: string, client: ClusterClient, signal: AbortSignal): Promise<boolean> {
  try {
    const document = await client.get<{ resources?: readonly { name: string }[] }>(path, signal);
    return document?.resources?.some(({ name }) => name === 'networkpolicies') ?? false;
  } catch (error) {
    // The server behind a broken APIService.
    if (error instanceof ApiError && error.status === 503) return false;
    throw error;
  }
}
