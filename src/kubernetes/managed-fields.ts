import { isDeepStrictEqual } from 'node:util';
import type { ListItem, PathPart } from './object-differences.js';

/** The set of fields of one manager, in the form FieldsV1: `f:` keys, `k:` items by key, `v:` items by value. */
interface FieldSet {
  readonly [member: string]: FieldSet;
}

/** Who wrote which fields of an object, as the API server keeps it in `metadata.managedFields`. */
export interface ManagedFields {
  readonly manager?: string;
  readonly operation?: 'Apply' | 'Update';
  /** `status` or `scale` where it was written through one of these. */
  readonly subresource?: string;
  readonly fieldsV1?: FieldSet;
}

/** Names of the managers that own the field at a path, or a part of it. */
export function managersOf(entries: readonly ManagedFields[], path: readonly PathPart[]): string[] {
  const owners = entries.filter(({ fieldsV1, manager }) => manager !== undefined && owns(fieldsV1, path));
  return [...new Set(owners.map(({ manager = '' }) => manager))];
}

/** What people and pipelines write with, whatever words are in their names. */
const tools =
  /^(kubectl|helm|platform|argocd|argo-cd|flux|kustomize-controller|source-controller|fleet|terraform|pulumi)/i;
const kubernetesOwn = /^(kube-|kubelet$|cloud-controller-manager)/;
const controllerWords =
  /(^|[-_.])(controllers?|operator|manager|scheduler|autoscaler|cainjector|injector|webhook|recommender|updater)([-_.]|$)|(Controller|Operator)$/;

/**
 * True when the manager is a part of the cluster that keeps a field as it must be, and not a person or a pipeline that
 * changed it. The API server knows managers by name only, so the rule is: no known tool, and either it reports the
 * object's status, which nobody but its controller does, or it has the name of a component of Kubernetes or a
 * controller's usual name. Whoever is not known counts as a person, because a change that is shown for nothing is better than
 * one that is hidden.
 */
export function isController(manager: string, entries: readonly ManagedFields[]): boolean {
  if (tools.test(manager)) return false;
  const reportsStatus = entries.some((entry) => entry.manager === manager && entry.subresource === 'status');
  return reportsStatus || kubernetesOwn.test(manager) || controllerWords.test(manager);
}

function owns(set: FieldSet | undefined, path: readonly PathPart[]): boolean {
  let current = set;
  for (const part of path) {
    if (!current) return false;
    // A field without members is owned as a whole, with all that is in it.
    if (current !== set && Object.keys(current).length === 0) return true;
    current = typeof part === 'string' ? current[`f:${part}`] : memberOf(current, part);
  }
  return current !== undefined;
}

function memberOf(set: FieldSet, { index, item }: ListItem): FieldSet | undefined {
  const found = Object.keys(set).find((member) => {
    if (member === `i:${String(index)}`) return true;
    if (member.startsWith('v:')) return isDeepStrictEqual(JSON.parse(member.slice(2)), item);
    if (!member.startsWith('k:') || typeof item !== 'object' || item === null) return false;
    const key = JSON.parse(member.slice(2)) as Readonly<Record<string, unknown>>;
    return Object.entries(key).every(([field, value]) => (item as Readonly<Record<string, unknown>>)[field] === value);
  });
  return found === undefined ? undefined : set[found];
}
