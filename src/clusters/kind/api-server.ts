import type { Clock } from '../../clock.js';
import { connect, type ClusterClient } from '../../kubernetes/client.js';
import { listNodes } from '../../kubernetes/nodes.js';
import { poll } from '../../poll.js';
import type { ClusterNode } from '../cluster.js';

export interface ApiServer {
  readonly kubeconfig: string;
  readonly context: string;
}

/** How long an API server on this machine may take to answer. */
const answerMs = 3_000;
const intervalMs = 1_000;

/** The nodes, or why the API server did not answer. */
export function askNodes(api: ApiServer): Promise<readonly ClusterNode[] | Error> {
  return ask(api, listNodes);
}

/** Its version, such as `1.36.3`, or why it did not answer. */
export function askVersion(api: ApiServer): Promise<string | Error> {
  return ask(api, async (client, signal) => {
    const version = await client.get<{ readonly gitVersion?: string }>('/version', signal);
    return version?.gitVersion?.replace(/^v/, '') ?? new Error('the API server does not say its version');
  });
}

/** Asks until there is an answer; `unless` throws when there will never be one. */
export async function waitForAnswer<T>(
  question: () => Promise<T | Error>,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly unless?: () => Promise<void> },
): Promise<T> {
  const { clock, signal, unless } = options;
  return poll(signal, clock, intervalMs, async () => {
    const answer = await question();
    if (!(answer instanceof Error)) return answer;
    await unless?.();
    return undefined;
  });
}

async function ask<T>(
  { kubeconfig, context }: ApiServer,
  question: (client: ClusterClient, signal: AbortSignal) => Promise<T>,
): Promise<T | Error> {
  let client: ClusterClient | undefined;
  try {
    client = await connect(kubeconfig, context);
    return await question(client, AbortSignal.timeout(answerMs));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    client?.close();
  }
}
