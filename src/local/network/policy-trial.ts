import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.js';
import type { NodeMachines } from '../../clusters/cluster.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { listNodes } from '../../kubernetes/nodes.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { pauseImage } from './pause-image.js';
import { connectTo, inPod, listenOn } from './pod-commands.js';
import {
  trialLabel,
  trialName,
  trialNamespace,
  trialPolicy,
  trialPod,
  trialPort,
  type TrialPod,
} from './policy-objects.js';
import { startPod, type RunningPod } from './trial-pods.js';

const lookIntervalMs = 500;
/** A pod's address is known before all nodes have a route to it. */
const routedWithinMs = 30_000;
/** Calico needs under a second; others write their rules every few seconds. */
const enforcedWithinMs = 15_000;
const cleanUpWithinMs = 10_000;
/** Longer than everything above together. */
const listenSeconds = 120;

export interface PolicyTrialOptions {
  readonly environment: string;
  readonly machines: NodeMachines;
  readonly client: ClusterClient;
  readonly clock: Clock;
}

/**
 * Whether the pod network enforces NetworkPolicies, by trying: a server that all pods reach, then a policy that closes
 * it to all but one. Server and clients are on different nodes where there are several. Leaves nothing behind.
 * @throws PlatformError `tool` when pods do not reach each other to begin with, or the policy blocks what it allows
 */
export async function tryNetworkPolicy(options: PolicyTrialOptions, context: StepContext): Promise<boolean> {
  const { environment, client } = options;
  const { signal } = context;
  const leftOver = await client.list(
    '/api/v1/namespaces',
    { labelSelector: `${trialLabel}=${trialName}`, metadataOnly: true },
    signal,
  );
  await Promise.all(leftOver.map(({ metadata }) => client.delete(namespacePath(metadata.name), signal)));
  const namespace = `platform-probe-${randomBytes(3).toString('hex')}`;
  try {
    await client.apply(trialNamespace(namespace, environment), signal);
    return await tryIn(namespace, options, context);
  } finally {
    // Also when the run is being interrupted; what is left then is removed by the next one.
    await client.delete(namespacePath(namespace), AbortSignal.timeout(cleanUpWithinMs)).catch(() => undefined);
  }
}

async function tryIn(namespace: string, options: PolicyTrialOptions, context: StepContext): Promise<boolean> {
  const { machines, client, clock } = options;
  const { signal } = context;
  const [near, far] = await twoNodes(options, signal);
  context.progress({ message: `starting three pods on ${near === far ? near : `${near} and ${far}`}` });
  const start = async (name: TrialPod, node: string) => {
    const image = await pauseImage(machines, node, signal);
    return startPod(trialPod(name, { namespace, node, image }), { client, clock }, context);
  };
  const [server, friend, stranger] = await Promise.all([
    start('server', far),
    start('friend', near),
    start('stranger', near),
  ]);

  const ended = new AbortController();
  const run = (pod: RunningPod, program: readonly string[], until = signal) =>
    machines.run(pod.node, inPod(pod.uid, program), { signal: until });
  // Nobody is asked any more when it ends as it should.
  const listening = run(server, listenOn(trialPort, listenSeconds)).then(
    () => {
      ended.abort(new PlatformError('timeout', `the trial took longer than ${String(listenSeconds)} s`));
    },
    (error: unknown) => {
      ended.abort(error);
    },
  );
  const passes = async (from: RunningPod) => {
    ended.signal.throwIfAborted();
    return (await run(from, connectTo(server.address, trialPort))).trim() === 'passed';
  };
  try {
    context.progress({ message: 'trying the server from both pods' });
    await untilOrThrow(
      routedWithinMs,
      async () => (await passes(friend)) && (await passes(stranger)),
      () => unreachablePods(friend, server),
    );
    await client.apply(trialPolicy(namespace), signal);
    context.progress({ message: 'the NetworkPolicy to be enforced', since: clock.now() });
    const since = clock.now();
    return await poll(signal, clock, lookIntervalMs, async () => {
      const strangerPasses = await passes(stranger);
      const friendPasses = await passes(friend);
      if (!strangerPasses && friendPasses) return true;
      if (clock.now() - since < enforcedWithinMs) return undefined;
      if (strangerPasses) return false;
      throw new PlatformError('tool', 'the pod network blocks what a NetworkPolicy allows', {
        suggestions: [`see the logs of the pod network on node ${server.node}`],
      });
    });
  } finally {
    // A connection from the pod itself ends the listener; no policy is in its way.
    await run(server, connectTo('127.0.0.1', trialPort), AbortSignal.timeout(cleanUpWithinMs)).catch(() => undefined);
    if (!signal.aborted) await listening;
  }

  async function untilOrThrow(withinMs: number, ask: () => Promise<boolean>, failure: () => Error): Promise<void> {
    const since = clock.now();
    await poll(signal, clock, lookIntervalMs, async () => {
      if (await ask()) return true;
      if (clock.now() - since >= withinMs) throw failure();
      return undefined;
    });
  }
}

/** The first and the last that are ready; the same where there is only one. */
async function twoNodes({ machines, client }: PolicyTrialOptions, signal: AbortSignal): Promise<[string, string]> {
  const [names, nodes] = await Promise.all([machines.names(signal), listNodes(client, signal)]);
  const ready = nodes.filter((node) => node.ready && names.includes(node.name)).map(({ name }) => name);
  const [first, last] = [ready[0], ready.at(-1)];
  if (first !== undefined && last !== undefined) return [first, last];
  throw new PlatformError('conflict', `no node is ready: ${names.join(', ')}`);
}

function unreachablePods(client: RunningPod, server: RunningPod): PlatformError {
  const where =
    client.node === server.node ? `on node ${server.node}` : `from node ${client.node} to node ${server.node}`;
  return new PlatformError('tool', `pods do not reach each other ${where}, without any NetworkPolicy`, {
    suggestions: [
      'see the logs of the pod network on these nodes',
      'check that local.subnets collides with no network of yours',
    ],
  });
}

function namespacePath(name: string): string {
  return `/api/v1/namespaces/${name}`;
}
