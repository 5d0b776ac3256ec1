import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { NodeMachines } from '../../clusters/cluster.js';
import type { Engine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import type { Check, Step } from '../../plan/step.js';
import { readProofs, writeProof } from '../proofs.js';
import type { RegistryNames } from './names.js';
import { probeImage } from './probe-image.js';
import { removeProbePods, runProbePod } from './probe-pod.js';
import { pushImage, removeImage } from './push.js';
import { servedRegistry, publishedPort } from './served.js';

export const probeStepId = 'registry/probe';

const repository = 'platform/probe';
const proofKey = 'registry';

export interface ProbeStepOptions {
  readonly environment: string;
  readonly engine: Engine;
  readonly machines: NodeMachines;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly names: RegistryNames;
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  readonly needs: readonly string[];
}

const proofSchema = z.object({
  /** Id of the registry's container. */
  registry: z.string(),
  /** Uid of the cluster's namespace kube-system. */
  cluster: z.string(),
  nodes: z.array(z.string()),
  at: z.string(),
});
type Proof = z.infer<typeof proofSchema>;
/** What is to be proven; things that are made anew are other things. */
type Subject = Omit<Proof, 'at'> & { readonly port: number };

/** Proves that an image pushed to the local registry runs on every node: by pushing, pulling and running one. */
export function probeStep(options: ProbeStepOptions): Step {
  const { view, clock, names } = options;
  return {
    id: probeStepId,
    title: 'push, pull and run',
    needs: options.needs,
    lane: 'wait',
    budgetMs: 180_000,
    estimateMs: 3_000,
    async check({ signal }): Promise<Check> {
      if (!(await view.connection())) return { status: 'needed', reason: 'there is no cluster yet' };
      const subject = await subjectOf(options, signal);
      if (!subject) return { status: 'needed', reason: 'there is no local registry yet' };
      const proof = proofIn((await readProofs(view))[proofKey]);
      const doubt = doubtAbout(proof, subject);
      return doubt === undefined
        ? { status: 'satisfied', detail: `proven ${proof?.at ?? ''}`.trim() }
        : { status: 'needed', reason: doubt };
    },
    async apply(context) {
      const { signal } = context;
      const subject = await subjectOf(options, signal);
      const client = await view.connection();
      if (!subject || !client) {
        throw new PlatformError('conflict', `there is no container ${names.registry} or no cluster any more`);
      }
      await options.ensureOwned(signal);
      await removeProbePods(client, signal);
      const nonce = randomBytes(6).toString('hex');
      const image = await probeImage(nonce);
      await pushImage(subject.port, repository, image, signal);
      const started = clock.now();
      const reference = `${servedRegistry(subject.port).host}/${repository}@${image.digest}`;
      // All of them, so that no pod is left when the first one fails.
      const tries = await Promise.allSettled(
        subject.nodes.map((node, index) => {
          const name = `registry-probe-${nonce}-${String(index)}`;
          return runProbePod(
            { name, environment: options.environment, node, image: reference },
            client,
            clock,
            context,
          );
        }),
      );
      const failed = tries.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      const { registry, cluster, nodes } = subject;
      const proof: Proof = { registry, cluster, nodes, at: new Date(started).toISOString() };
      await writeProof(client, proofKey, JSON.stringify(proof), signal);
      // Nothing depends on it, and the registry may have been told not to delete.
      await removeImage(subject.port, repository, image, signal).catch(() => {
        signal.throwIfAborted();
      });
      return `on ${nodes.join(', ')}`;
    },
  };
}

async function subjectOf(
  { engine, names, machines, view }: ProbeStepOptions,
  signal: AbortSignal,
): Promise<Subject | undefined> {
  const container = await (await engine()).container(names.registry, { signal });
  const port = container && publishedPort(container);
  if (!container || port === undefined) return undefined;
  const namespaces = await view.namespaces();
  const cluster = namespaces.find(({ metadata }) => metadata.name === 'kube-system')?.metadata.uid ?? '';
  return { registry: container.id, port, cluster, nodes: [...(await machines.names(signal))].sort() };
}

function doubtAbout(proof: Proof | undefined, subject: Subject): string | undefined {
  if (!proof) return 'not tried yet';
  if (proof.registry !== subject.registry) return 'the registry is another one than when it was tried';
  if (proof.cluster !== subject.cluster) return 'the cluster is another one than when it was tried';
  const added = subject.nodes.filter((node) => !proof.nodes.includes(node));
  return added.length === 0 ? undefined : `not tried on ${added.join(', ')}`;
}

function proofIn(text: string | undefined): Proof | undefined {
  try {
    return proofSchema.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}
