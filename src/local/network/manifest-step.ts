import type { Clock } from '../../clock.js';
import { failureOf, PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Network } from '../../network.js';
import type { Check, Step } from '../../plan/step.js';
import { readProofs, writeProof } from '../proofs.js';
import { applyManifest } from './apply-manifest.js';
import { isUrl, manifestDigest, readManifest } from './manifest.js';

const proofName = 'network';
const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

export interface NetworkManifestOptions {
  readonly environment: string;
  /** Absolute path or URL: what `local.cni` says, where that is a manifest. */
  readonly manifest: string;
  readonly view: ClusterView;
  readonly network: Pick<Network, 'text'>;
  readonly clock: Clock;
  readonly needs: readonly string[];
  /** Called before the first write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/** The pod network from a manifest of the user's own. */
export function networkManifestStep(options: NetworkManifestOptions): Step {
  const { manifest, view, network, needs, ensureOwned } = options;
  return {
    id: 'network',
    title: 'pod network',
    needs,
    lane: 'api',
    budgetMs: 5 * 60_000,
    estimateMs: 5_000,
    async check({ signal }): Promise<Check> {
      try {
        const reason = (await view.connection())
          ? await whyNeeded(await manifestDigest(manifest), view)
          : 'there is no cluster yet';
        if (reason === undefined) return { status: 'satisfied', detail: manifest };
        // What is wrong with a file shows before a cluster is made for it; a URL is not asked only to plan.
        if (!isUrl(manifest)) await readManifest(manifest, network, signal);
        return { status: 'needed', reason };
      } catch (error) {
        if (!(error instanceof PlatformError && error.code === 'usage')) throw error;
        const { message, suggestions = [] } = failureOf(error);
        return { status: 'blocked', by: message, fix: suggestions, code: 'usage' };
      }
    },
    async apply(context) {
      const { signal } = context;
      context.progress({ message: isUrl(manifest) ? `downloading ${manifest}` : `reading ${manifest}` });
      const digest = await manifestDigest(manifest);
      const objects = await readManifest(manifest, network, signal);
      await ensureOwned(signal);
      await applyManifest(objects, options, context);
      const client = await view.connection();
      if (client) await writeProof(client, proofName, [digest, ...workloadNames(objects)].join(' '), signal);
      view.forget();
      return `${String(objects.length)} objects of ${manifest}`;
    },
  };
}

/** The proof says which manifest was applied, and which workloads must be there for that to be still true. */
async function whyNeeded(digest: string, view: ClusterView): Promise<string | undefined> {
  const proof = (await readProofs(view))[proofName];
  if (proof === undefined) return 'not applied yet';
  const [applied, ...workloads] = proof.split(' ');
  if (applied !== digest) return 'the manifest changed';
  const found = new Set((await view.workloads()).map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`));
  const missing = workloads.find((workload) => !found.has(workload));
  return missing && `${missing} is gone`;
}

function workloadNames(objects: readonly KubernetesObject[]): string[] {
  return objects
    .filter(({ kind }) => workloadKinds.has(kind))
    .map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`);
}
