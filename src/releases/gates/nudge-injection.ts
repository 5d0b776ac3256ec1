import type { Release } from '../../environment/environment.js';
import { webhookPaths, type WebhookConfiguration } from '../../kubernetes/admission-webhooks.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { releaseOf } from '../../kubernetes/workloads.js';
import { releaseKey } from '../helm/observed.js';

const injection = /^cert-manager\.io\/inject-(ca-from|ca-from-secret|apiserver-ca)$/;
const nudge = 'platform.dev/nudged';

/**
 * Has cert-manager look again at a release's webhooks that it should give an authority to and has not. Where the Secret
 * came to be in the moment in which its cainjector looked, it forgets the matter for good: a change is what wakes it.
 */
export async function nudgeInjection(
  release: Release,
  view: ClusterView,
  ensureOwned: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const client = await view.connection();
  if (!client) return;
  for (const [type, path] of Object.entries(webhookPaths)) {
    const waiting = (await view.list<WebhookConfiguration>(path, 0)).filter(
      (object) =>
        releaseOf(object) === releaseKey(release) &&
        Object.keys(object.metadata.annotations ?? {}).some((name) => injection.test(name)) &&
        object.webhooks?.some(({ clientConfig }) => !clientConfig.caBundle),
    );
    for (const { metadata } of waiting) {
      await ensureOwned(signal);
      const annotations = { [nudge]: new Date(view.clock.now()).toISOString() };
      const kind = type === 'mutating' ? 'MutatingWebhookConfiguration' : 'ValidatingWebhookConfiguration';
      const object = {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind,
        metadata: { name: metadata.name, annotations },
      };
      await client.apply(object, signal, { path: `${path}/${metadata.name}`, manager: 'platform-nudge' });
    }
  }
}
