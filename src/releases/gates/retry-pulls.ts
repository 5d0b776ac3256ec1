import type { Release } from '../../environment/environment.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { podsOfRelease } from '../../kubernetes/pods.js';
import type { StepContext } from '../../plan/step.js';
import { releaseKey } from '../helm/observed.js';

/**
 * Lets the pods of a release pull their images now. The kubelet makes a pod whose pull failed wait for up to five
 * minutes, by when what was wrong may long be right; a new pod in its place starts anew.
 */
export async function retryPulls(
  release: Release,
  view: ClusterView,
  ensureOwned: (signal: AbortSignal) => Promise<void>,
  context: StepContext,
): Promise<void> {
  const { signal } = context;
  const client = await view.connection();
  if (!client) return;
  const key = releaseKey(release);
  const own = (await view.workloads()).filter((workload) => workload.release === key);
  if (own.every(({ waitingFor }) => waitingFor === undefined)) return;
  const waiting = (await podsOfRelease(client, key, own, signal)).filter(({ containers }) =>
    containers.some(({ reason }) => reason === 'ImagePullBackOff'),
  );
  if (waiting.length === 0) return;
  await ensureOwned(signal);
  context.progress({ message: `pulling again: ${waiting.map(({ name }) => name).join(', ')}` });
  await Promise.all(
    waiting.map(({ namespace, name }) => client.delete(`/api/v1/namespaces/${namespace}/pods/${name}`, signal)),
  );
}
