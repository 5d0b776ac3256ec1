import type { FacetName } from '../../environment/environment.js';
import type { UnknownValue } from '../values/values-schema.js';

/** A custom resource definition that a release brings. */
export interface Definition {
  /** `certificates.cert-manager.io`. */
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: 'Namespaced' | 'Cluster';
  /** Served versions. */
  readonly versions: readonly string[];
  /** Who puts it into the cluster: we, before any release, or Helm with the release that templates it. */
  readonly by: 'platform' | 'helm';
  /** First 40 hex digits of the SHA-256 over its canonical JSON. */
  readonly digest: string;
}

/** A kind of a group that is not Kubernetes' own, of which the release creates objects. */
export interface CustomResourceUse {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** One object of it, for messages: `ServiceMonitor/auth`. */
  readonly object: string;
}

/** What an admission webhook with failurePolicy Fail is asked about. */
export interface WebhookRule {
  /** Name of the configuration, and of the webhook in it. */
  readonly configuration: string;
  readonly webhook: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
}

/** What a release puts into a cluster, as its rendered chart shows; holds no values, so no secrets. */
export interface Contents {
  readonly definitions: readonly Definition[];
  readonly uses: readonly CustomResourceUse[];
  /** `group/resource` of every kind it creates, hooks included: `apps/deployments`, `/services`. */
  readonly resources: readonly string[];
  /** Every image named in pod specs, in `spec.image` of custom resources, arguments and environment; sorted. */
  readonly images: readonly string[];
  readonly webhooks: readonly WebhookRule[];
  /** Names such as v1beta1.metrics.k8s.io. */
  readonly apiServices: readonly string[];
  /** `Deployment/auth`. */
  readonly workloads: readonly string[];
  /** Names of Services of type LoadBalancer. */
  readonly loadBalancers: readonly string[];
  /** Given values that the chart does not know, by its schema. */
  readonly unknownValues: readonly UnknownValue[];
}

/** One release waits for a facet of another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly facet: FacetName;
  /** Why nobody had to write it: `creates ServiceMonitor/auth`; absent for a need that was written. */
  readonly derived?: string;
  /** Only because what a release needs is not known yet. */
  readonly isPrecaution?: true;
}
