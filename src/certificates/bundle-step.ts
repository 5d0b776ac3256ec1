import type { KubernetesObject } from '../kubernetes/objects.js';
import { labels } from '../kubernetes/objects.js';
import type { Check, Step } from '../plan/step.js';
import { ensureAuthority, readAuthority } from './authority.js';
import {
  authorityId,
  connectionOf,
  noAuthorityYet,
  noClusterYet,
  type CertificateStepOptions,
} from './step-options.js';
import { trustedCertificates } from './trusted.js';

export const bundleId = 'certificates/bundle';

/** The ConfigMap that pods mount, and its key. */
const bundleName = 'platform-trust-bundle';
const bundleKey = 'ca.crt';

interface ConfigMap extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

const list = `/api/v1/configmaps?fieldSelector=${encodeURIComponent(`metadata.name=${bundleName}`)}`;

/** What pods trust, as a ConfigMap in every namespace of the environment. */
export function bundleStep(options: CertificateStepOptions): Step {
  const { environment, view, clock, paths, needs, ensureOwned } = options;
  const wantedText = async (authority: Parameters<typeof trustedCertificates>[0]) =>
    (await trustedCertificates(authority, environment.local.authorities, clock)).map(({ pem }) => pem).join('');
  return {
    id: bundleId,
    title: 'trust bundle for pods',
    needs: [authorityId, ...needs.bundle],
    lane: 'api',
    budgetMs: 120_000,
    estimateMs: 100,
    async check(): Promise<Check> {
      const authority = await readAuthority(paths);
      if (!authority) return noAuthorityYet;
      const text = await wantedText(authority);
      if (!(await view.connection())) return noClusterYet;
      const namespaces = await namespacesOf(options);
      if (namespaces.length === 0) return { status: 'needed', reason: 'its namespaces are not there yet' };
      const missing = await namespacesWithout(text, namespaces, options);
      if (missing.length === 0) return { status: 'satisfied', detail: inNamespaces(namespaces) };
      return { status: 'needed', reason: `not as wanted in ${missing.join(', ')}` };
    },
    async apply({ signal }) {
      const text = await wantedText(await ensureAuthority(paths, clock, signal));
      await ensureOwned(signal);
      const client = await connectionOf(view);
      view.forget();
      const namespaces = await namespacesOf(options);
      const missing = await namespacesWithout(text, namespaces, options);
      await Promise.all(
        missing.map((namespace) => {
          const metadata = { name: bundleName, namespace, labels: { [labels.environment]: environment.name } };
          const bundle = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [bundleKey]: text } };
          return client.apply(bundle, signal);
        }),
      );
      view.forget();
      return inNamespaces(namespaces);
    },
  };
}

async function namespacesOf({ environment, view }: CertificateStepOptions): Promise<string[]> {
  const namespaces = await view.namespaces();
  return namespaces
    .filter(({ metadata }) => metadata.labels?.[labels.environment] === environment.name)
    .filter(({ status }) => status?.phase !== 'Terminating')
    .map(({ metadata }) => metadata.name);
}

async function namespacesWithout(
  text: string,
  namespaces: readonly string[],
  { view }: CertificateStepOptions,
): Promise<string[]> {
  const found = (await view.list<ConfigMap>(list)).filter(({ metadata }) => metadata.name === bundleName);
  const right = new Set(
    found.filter(({ data }) => data?.[bundleKey] === text).map(({ metadata }) => metadata.namespace),
  );
  return namespaces.filter((namespace) => !right.has(namespace));
}

function inNamespaces(namespaces: readonly string[]): string {
  return `in ${String(namespaces.length)} namespaces`;
}
