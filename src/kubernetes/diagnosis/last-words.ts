import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../client.js';
import { readContainerLog } from '../container-log.js';
import type { ContainerReference } from './obstacle.js';
import { listPods } from '../pods.js';

const linesKept = 10;
/** Pods of one workload mostly say the same. */
const containersHeard = 2;

/**
 * The ends of the logs of some containers, the first two of them, of the run before the last restart where there was
 * one; lines for people. That a log cannot be had is never an error.
 */
export async function lastWords(
  client: ClusterClient,
  containers: readonly ContainerReference[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const heard = containers.slice(0, containersHeard);
  return (await Promise.all(heard.map((container) => wordsOf(client, container, signal)))).flat();
}

async function wordsOf(
  client: ClusterClient,
  { namespace, pod: name, name: containerName }: ContainerReference,
  signal?: AbortSignal,
): Promise<string[]> {
  try {
    const pod = (await listPods(client, namespace, signal)).find((candidate) => candidate.name === name);
    const container = pod?.containers.find((candidate) => candidate.name === containerName);
    if (!pod || !container) return [];
    const previous = container.restarts > 0 && container.state !== 'terminated';
    const { lines, problem } = await readContainerLog(client, pod, container, { tail: linesKept, previous }, signal);
    const subject = `log of ${containerName} in Pod/${name}`;
    if (problem !== undefined) return [`${subject} cannot be read: ${problem}`];
    return lines.length === 0 ? [`${subject} is empty`] : [`last lines of the ${subject}:`, ...lines.map(indented)];
  } catch (error) {
    // What it would be an addition to is what matters.
    if (error instanceof PlatformError || signal?.aborted) return [];
    throw error;
  }
}

function indented(line: string): string {
  return `  ${line}`;
}
