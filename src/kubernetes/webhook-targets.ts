import type { AdmissionWebhook, WebhookRule } from './admission-webhooks.js';
import type { DiscoveredResource } from './discovery.js';

/** Something that a webhook wants to be asked about, and that can be tried. */
export interface WebhookTarget {
  readonly resource: DiscoveredResource;
  /** For updates only. */
  readonly subresource?: string;
  readonly operation: Operation;
}

const operations = { CREATE: 'create', UPDATE: 'patch', DELETE: 'delete' } as const;
export type Operation = keyof typeof operations;

/** Never sent to a webhook: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers */
const exemptGroup = 'admissionregistration.k8s.io';

/**
 * What a webhook's rules match of what is served, best first: creations before what needs an object that is there,
 * resources that a rule names before those it only includes.
 */
export function targetsOf(
  { settings: { rules = [] } }: AdmissionWebhook,
  resources: readonly DiscoveredResource[],
): readonly WebhookTarget[] {
  const names = rules.flatMap((rule) => rule.resources ?? []);
  const targets = resources
    .filter(({ group, stale, kind }) => group !== exemptGroup && !stale && kind !== '')
    .flatMap((resource) => candidatesOf(resource))
    .filter((target) => rules.some((rule) => matchesRule(rule, target)));
  return targets
    .map((target, index) => ({ target, rank: rankOf(target, names), index }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ target }) => target);
}

/** Whether a webhook is asked about a target, as far as its rules tell. */
export function isAskedAbout({ settings: { rules = [] } }: AdmissionWebhook, target: WebhookTarget): boolean {
  return rules.some((rule) => matchesRule(rule, target));
}

function candidatesOf(resource: DiscoveredResource): WebhookTarget[] {
  const all = Object.keys(operations) as Operation[];
  return [
    ...all
      .filter((operation) => resource.verbs.includes(operations[operation]))
      .map((operation) => ({ resource, operation })),
    ...resource.subresources
      .filter(({ verbs }) => verbs.includes(operations.UPDATE))
      .map(({ name }) => ({ resource, subresource: name, operation: 'UPDATE' as const })),
  ];
}

function matchesRule(rule: WebhookRule, { resource, subresource, operation }: WebhookTarget): boolean {
  const { apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule;
  const includes = (given: readonly string[], value: string) => given.includes('*') || given.includes(value);
  return (
    includes(rule.operations ?? [], operation) &&
    includes(apiGroups, resource.group) &&
    includes(apiVersions, resource.version) &&
    (scope === '*' || (scope === 'Namespaced') === resource.namespaced) &&
    resources.some((pattern) => matchesResource(pattern, resource.plural, subresource))
  );
}

function matchesResource(pattern: string, plural: string, subresource: string | undefined): boolean {
  const [resource, part] = pattern.split('/');
  if (resource !== '*' && resource !== plural) return false;
  // `*/*` is everything, the resources themselves included; `pods/*` only what is below pods.
  if (subresource === undefined) return part === undefined || (resource === '*' && part === '*');
  return part === '*' || part === subresource;
}

function rankOf({ resource, subresource, operation }: WebhookTarget, names: readonly string[]): number {
  const kind = { CREATE: 0, UPDATE: 10, DELETE: 30 }[operation] + (subresource === undefined ? 0 : 10);
  if (names.includes(resource.plural)) return kind;
  // Of everything there is, what any API server takes without conditions.
  return kind + (resource.group === '' && resource.plural === 'configmaps' ? 1 : 2);
}
