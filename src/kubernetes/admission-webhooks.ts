import type { LabelSelector } from './label-selector.js';
import type { KubernetesObject } from './objects.js';
import { releaseOf } from './workloads.js';

export const webhookPaths = {
  mutating: '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
  validating: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
} as const;

/** Mutating webhooks are asked before an object is compared with its schema, validating ones after. */
export type WebhookType = keyof typeof webhookPaths;

export interface WebhookConfiguration extends KubernetesObject {
  readonly webhooks?: readonly WebhookSettings[];
}

/** One webhook of a configuration; what is left out has the defaults of admissionregistration.k8s.io/v1. */
export interface WebhookSettings {
  readonly name: string;
  readonly clientConfig: {
    readonly url?: string;
    readonly service?: WebhookService;
    /** PEM certificates in base64. */
    readonly caBundle?: string;
  };
  readonly rules?: readonly WebhookRule[];
  readonly failurePolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly matchConditions?: readonly object[];
  readonly sideEffects?: string;
}

export interface WebhookService {
  readonly namespace: string;
  readonly name: string;
  readonly path?: string;
  readonly port?: number;
}

export interface WebhookRule {
  readonly operations?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  /** `pods`, `pods/status`, or with an asterisk for either part or both. */
  readonly resources?: readonly string[];
  readonly scope?: string;
}

/** An admission webhook with where it comes from. */
export interface AdmissionWebhook {
  readonly type: WebhookType;
  readonly configuration: string;
  /** Another one as soon as the configuration is made anew or changes. */
  readonly revision: string;
  /** `namespace/name` of the Helm release it belongs to. */
  readonly release: string | undefined;
  readonly settings: WebhookSettings;
}

export function readWebhooks(type: WebhookType, configuration: WebhookConfiguration): readonly AdmissionWebhook[] {
  const { metadata, webhooks = [] } = configuration;
  return webhooks.map((settings) => ({
    type,
    configuration: metadata.name,
    revision: `${metadata.uid ?? ''}/${String(metadata.generation ?? 0)}`,
    release: releaseOf(configuration),
    settings,
  }));
}

/** `validating cert-manager-webhook/webhook.cert-manager.io`; unique in a cluster. */
export function webhookLabel({ type, configuration, settings }: AdmissionWebhook): string {
  return `${type} ${configuration}/${settings.name}`;
}

/** True when the API server refuses what it cannot ask this webhook about. */
export function isRequired({ settings }: AdmissionWebhook): boolean {
  return (settings.failurePolicy ?? 'Fail') === 'Fail';
}

/** Where the API server says that it posts to, without query. */
export function webhookUrl({ settings: { clientConfig } }: AdmissionWebhook): string {
  const { url, service } = clientConfig;
  const whole = service
    ? `https://${service.name}.${service.namespace}.svc:${String(service.port ?? 443)}${service.path ?? ''}`
    : (url ?? '');
  return whole.replace(/\/$/, '');
}
