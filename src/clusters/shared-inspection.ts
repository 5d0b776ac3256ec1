import type { StepContext } from '../plan/step.js';
import type { ClusterProvider, ClusterState } from './cluster.js';

/**
 * Looks at the cluster once for all who ask, until something was done to it: an API server that is far away is asked
 * once a run, not once a step.
 */
export function withSharedInspection(provider: ClusterProvider): ClusterProvider {
  let state: Promise<ClusterState> | undefined;
  const changing =
    <T>(change: (context: StepContext) => Promise<T>) =>
    async (context: StepContext): Promise<T> => {
      try {
        return await change(context);
      } finally {
        state = undefined;
      }
    };
  // What could not be told once is asked again by the next one.
  const look = async (): Promise<ClusterState> => {
    try {
      return await provider.inspect();
    } catch (error) {
      state = undefined;
      throw error;
    }
  };
  const update = provider.update?.bind(provider);
  return {
    ...provider,
    inspect: () => (state ??= look()),
    create: changing((context) => provider.create(context)),
    start: changing((context) => provider.start(context)),
    stop: changing((context) => provider.stop(context)),
    delete: changing((context) => provider.delete(context)),
    ...(update && { update: changing(update) }),
  };
}
