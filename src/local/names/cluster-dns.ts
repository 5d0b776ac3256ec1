import { createHash } from 'node:crypto';
import type { ClusterProvider } from '../../clusters/cluster.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Step } from '../../plan/step.js';
import { reloadsItself, withRewrites } from './corefile.js';

export interface ClusterDnsOptions {
  readonly environment: string;
  /** All names that the environment serves; those below localhost are left out, a pod means itself by them. */
  readonly names: readonly string[];
  /** The ingress controller's Service in the cluster's DNS, such as `traefik.traefik.svc.cluster.local`. */
  readonly target: string;
  readonly provider: Pick<ClusterProvider, 'simulation'>;
  readonly view: ClusterView;
  /** Ids of the steps that must be satisfied first. */
  readonly needs: readonly string[];
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

interface CorefileObject extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

const path = '/api/v1/namespaces/kube-system/configmaps/coredns';
/** Others change it rarely: each attempt that loses means that one of them won. */
const attempts = 5;

/** Makes pods find the names that the environment serves, as people on this machine do: CoreDNS rewrites them. */
export function clusterDnsStep(options: ClusterDnsOptions): Step {
  const { environment, target, provider, view, needs, ensureOwned } = options;
  const names = options.names.filter((name) => !/(^|\.)localhost$/.test(name));
  const wanted = (corefile: string) => withRewrites(corefile, { environment, names, target });
  return {
    id: 'names/cluster',
    title: 'names in the cluster',
    needs,
    lane: 'api',
    budgetMs: 60_000,
    estimateMs: 100,
    async check({ signal }) {
      if (provider.simulation !== undefined) return { status: 'omitted', reason: 'there is no name server in it' };
      const client = await view.connection();
      if (!client) {
        return names.length > 0
          ? { status: 'needed', reason: 'there is no cluster yet' }
          : { status: 'satisfied', detail: 'none outside of localhost' };
      }
      const corefile = (await client.get<CorefileObject>(path, signal))?.data?.['Corefile'];
      if (corefile === undefined) return { status: 'omitted', reason: 'the cluster has no kube-system/coredns' };
      try {
        if (wanted(corefile) !== corefile) return { status: 'needed', reason: 'the names have changed' };
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        return { status: 'blocked', by: error.message, fix: error.suggestions, code: error.code };
      }
      return { status: 'satisfied', detail: names.join(', ') || 'none outside of localhost' };
    },
    async apply({ signal }) {
      await ensureOwned(signal);
      const client = await view.connection();
      if (!client) throw new PlatformError('conflict', `the cluster of ${environment} is not running`);
      const corefile = await replaceCorefile(client, wanted, signal);
      if (corefile === undefined) return 'the cluster has no kube-system/coredns';
      if (!reloadsItself(corefile)) await restart(client, corefile, signal);
      return names.length > 0 ? `${names.join(', ')} lead to ${target}` : 'rewrites removed';
    },
  };
}

/** Compare-and-set: what others write meanwhile is kept. Answers what is there afterwards. */
async function replaceCorefile(
  client: ClusterClient,
  change: (corefile: string) => string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await client.get<CorefileObject>(path, signal);
    const before = found?.data?.['Corefile'];
    if (before === undefined) return undefined;
    const after = change(before);
    if (after === before) return after;
    try {
      await client.replace(path, { ...found, data: { ...found?.data, Corefile: after } }, signal);
      return after;
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409) || attempt === attempts) throw error;
    }
  }
}

// Without its plugin `reload`, CoreDNS reads the Corefile only when it starts; another annotation makes new pods.
async function restart(client: ClusterClient, corefile: string, signal: AbortSignal): Promise<void> {
  const digest = createHash('sha256').update(corefile).digest('hex').slice(0, 40);
  await client.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'coredns', namespace: 'kube-system' },
      spec: { template: { metadata: { annotations: { 'platform.dev/corefile': digest } } } },
    } as KubernetesObject,
    signal,
  );
}
