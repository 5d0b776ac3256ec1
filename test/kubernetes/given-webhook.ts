import type { AdmissionWebhook, WebhookSettings, WebhookType } from '../../src/kubernetes/admission-webhooks.js';
import { readWebhooks } from '../../src/kubernetes/admission-webhooks.js';
import type { DiscoveredResource } from '../../src/kubernetes/discovery.js';

/** A resource of `example.org/v1` that is served with all verbs. */
export function served(plural: string, more: Partial<DiscoveredResource> = {}): DiscoveredResource {
  return {
    group: 'example.org',
    version: 'v1',
    kind: plural.charAt(0).toUpperCase() + plural.slice(1, -1),
    plural,
    namespaced: true,
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update'],
    subresources: [],
    stale: false,
    ...more,
  };
}

/** What a configuration says of a webhook that is asked about the creation of `things.example.org`. */
export function webhookSettings(more: Partial<WebhookSettings> = {}): WebhookSettings {
  return {
    name: 'a.example.org',
    clientConfig: { url: 'https://hook.example.org/a' },
    rules: [{ operations: ['CREATE'], apiGroups: ['example.org'], apiVersions: ['v1'], resources: ['things'] }],
    sideEffects: 'None',
    ...more,
  };
}

export function webhook(more: Partial<WebhookSettings> = {}, type: WebhookType = 'validating'): AdmissionWebhook {
  const [read] = readWebhooks(type, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'Any',
    metadata: { name: `${type}-hooks` },
    webhooks: [webhookSettings(more)],
  });
  if (!read) throw new Error('there is one');
  return read;
}
