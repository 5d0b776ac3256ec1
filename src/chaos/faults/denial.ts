import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Rule } from './grants.js';

export type PolicyType = 'Ingress' | 'Egress';

/** A policy that denies everything to and from a workload's pods. */
export interface Denial {
  readonly policy: KubernetesObject;
  /** Of the collection that the policy is made in. */
  readonly collection: string;
  /** Such as `networkpolicy/drill-… in app-services`. */
  readonly subject: string;
  /** What its removal takes. */
  readonly rules: readonly Rule[];
  /** Grants beside those of its namespace. */
  readonly more: readonly KubernetesObject[];
}
