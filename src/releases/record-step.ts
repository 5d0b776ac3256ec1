import { createHash } from 'node:crypto';
import type { Environment } from '../environment/environment.js';
import { redact } from '../environment/redact.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { labels, systemNamespace } from '../kubernetes/objects.js';
import type { Step } from '../plan/step.js';
import { canonicalJson } from './input-hash.js';

const name = 'platform-environment';
/** On the namespace, which is read anyway: comparing costs no request of its own. */
const digestLabel = 'platform.dev/record';
/**
 * Not the manager of the namespace's own step, which is there as soon as a release is in it: what one manager applies is
 * all that is left of what it applied before, so that either would take the other's labels off.
 */
const manager = 'platform-record';

/** The environment as it was last wanted, kept in the cluster for `status` on any machine; secrets are masked. */
export function recordStep(
  environment: Environment,
  facts: { readonly provider: string; readonly run: string },
  view: ClusterView,
  needs: readonly string[],
  ensureOwned: (signal: AbortSignal) => Promise<void>,
): Step {
  const { name: environmentName, target, blueprint, domain } = environment;
  const releases = environment.releases.map(({ name, namespace, needs: wanted, values }) => ({
    name,
    namespace,
    needs: wanted.map(({ release, facet }) => `${release}:${facet}`),
    values: values.map(({ origin, values: layer }) => ({ origin, values: redact(layer) })),
  }));
  const text = canonicalJson({ name: environmentName, target, provider: facts.provider, blueprint, domain, releases });
  const wanted = createHash('sha256').update(text).digest('hex').slice(0, 40);
  const ownLabels = { [labels.environment]: environmentName };
  return {
    id: 'record',
    title: 'record of the environment',
    needs,
    lane: 'api',
    // Another machine's Lease may have to be watched for 40 s.
    budgetMs: 120_000,
    estimateMs: 50,
    async check() {
      const namespaces = await view.namespaces();
      const digest = namespaces.find(({ metadata }) => metadata.name === systemNamespace)?.metadata.labels?.[
        digestLabel
      ];
      if (digest === undefined) return { status: 'needed', reason: 'new' };
      return digest === wanted ? { status: 'satisfied' } : { status: 'needed', reason: 'the environment file changed' };
    },
    async apply({ signal }) {
      await ensureOwned(signal);
      const client = await view.connection();
      const namespace = (extra: Readonly<Record<string, string>>) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: systemNamespace, labels: { ...ownLabels, ...extra } },
      });
      await client?.apply(namespace({}), signal, { manager });
      const record = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, namespace: systemNamespace, labels: { ...ownLabels, [labels.run]: facts.run } },
        data: { environment: text, run: facts.run },
      };
      await client?.apply(record, signal);
      // Only now: the label says that the record is whole.
      // By force, because records of earlier versions have the label as the other manager's.
      await client?.apply(namespace({ [digestLabel]: wanted }), signal, { manager, force: true });
      view.forget();
      return undefined;
    },
  };
}
