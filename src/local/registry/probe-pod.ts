import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { ApiError } from '../../kubernetes/api-errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { judgeImagePull } from '../../kubernetes/diagnosis/image-pull.js';
import { labels, systemNamespace, type KubernetesObject } from '../../kubernetes/objects.js';
import type { PodStatus } from '../../kubernetes/pod-status.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';

const pods = `/api/v1/namespaces/${systemNamespace}/pods`;
const lookIntervalMs = 250;

/** On every pod that is made for a probe of the registry. */
const probeLabel = 'platform.dev/probe';

interface PodObject extends KubernetesObject {
  readonly status?: PodStatus;
}

export interface ProbePod {
  readonly name: string;
  readonly environment: string;
  readonly node: string;
  readonly image: string;
}

/**
 * Lets a node pull an image and run it to its end, in a pod that is gone afterwards.
 * @throws PlatformError `tool` in the node's own words when it cannot
 */
export async function runProbePod(
  pod: ProbePod,
  client: ClusterClient,
  clock: Clock,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  const path = `${pods}/${pod.name}`;
  await poll(signal, clock, lookIntervalMs, async () => {
    try {
      await client.create(pods, podObject(pod), signal);
      return true;
    } catch (error) {
      if (isTooEarly(error)) return undefined;
      throw error;
    }
  });
  let troubledSince: number | undefined;
  try {
    await poll(signal, clock, lookIntervalMs, async () => {
      const { status } = (await client.get<PodObject>(path, signal)) ?? {};
      if (status?.phase === 'Succeeded') return true;
      if (status?.phase === 'Failed') throw failure(pod, status.message ?? endOf(status));
      const { reason, message } = status?.containerStatuses?.[0]?.state?.waiting ?? {};
      context.progress({ message: `${pod.node}: ${reason ?? status?.phase ?? 'the pod is gone'}` });
      if (reason !== 'ErrImagePull' && reason !== 'ImagePullBackOff') return undefined;
      const { patienceMs, suggestion } = judgeImagePull(message ?? '');
      troubledSince ??= clock.now();
      if (clock.now() - troubledSince >= patienceMs) throw failure(pod, message ?? reason, suggestion);
      return undefined;
    });
  } finally {
    // Also when the run is being interrupted: nothing else would remove it.
    await client.delete(path).catch(() => undefined);
  }
}

/** Removes what a killed run has left. */
export async function removeProbePods(client: ClusterClient, signal: AbortSignal): Promise<void> {
  const left = await client.list(pods, { labelSelector: `${probeLabel}=registry`, metadataOnly: true }, signal);
  for (const { metadata } of left) await client.delete(`${pods}/${metadata.name}`, signal);
}

// Fits Pod Security's level `restricted`; goes to its node past the scheduler, whatever is on the node.
function podObject({ name, environment, node, image }: ProbePod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: systemNamespace,
      labels: { [labels.environment]: environment, [probeLabel]: 'registry' },
    },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'probe',
          image,
          imagePullPolicy: 'Always',
          resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { memory: '64Mi' } },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  };
}

// A new namespace has its service account a moment later than itself.
function isTooEarly(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403 && /serviceaccount/i.test(error.message);
}

function endOf({ containerStatuses }: PodStatus): string {
  const { reason, message, exitCode } = containerStatuses?.[0]?.state?.terminated ?? {};
  return [reason, message, exitCode === undefined ? undefined : `exit code ${String(exitCode)}`]
    .filter((word) => word !== undefined)
    .join(', ');
}

function failure({ node, image }: ProbePod, output: string, suggestion?: string): PlatformError {
  return new PlatformError('tool', `${node} could not run ${image}`, {
    output,
    ...(suggestion !== undefined && { suggestions: [suggestion] }),
    facts: { node, image },
  });
}
