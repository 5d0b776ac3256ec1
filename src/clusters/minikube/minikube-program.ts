import { PlatformError } from '../../errors.js';
import type { Processes, ProcessResult } from '../../process.js';
import type { StepContext } from '../../plan/step.js';
import type { Toolchain } from '../../toolchain/toolchain.js';
import { readEvent, type MinikubeError } from './events.js';
import { explainFailure } from './failure.js';

/** minikube's program of the toolchain, for one profile. */
export interface MinikubeProgram {
  /**
   * Runs a command that tells what it does in events, such as `start`.
   * @param action what that is, for the message of a failure: `make the cluster`
   * @throws PlatformError in minikube's own words
   */
  follow(args: readonly string[], action: string, context: StepContext): Promise<void>;
  /** Runs a command that only prints. */
  ask(args: readonly string[], signal?: AbortSignal): Promise<ProcessResult>;
  isInstalled(): Promise<boolean>;
}

export interface ProgramOptions {
  readonly toolchain: Pick<Toolchain, 'find'>;
  readonly processes: Processes;
  /** Where minikube writes how the cluster is reached; people's own file is written by another step. */
  readonly kubeconfig: string;
}

export function minikubeProgram({ toolchain, processes, kubeconfig }: ProgramOptions): MinikubeProgram {
  // Its own folder, MINIKUBE_HOME, stays the user's: gigabytes of images and preloads are cached there.
  const env = {
    KUBECONFIG: kubeconfig,
    MINIKUBE_PROFILE: undefined,
    MINIKUBE_IN_STYLE: 'false',
    MINIKUBE_WANTUPDATENOTIFICATION: 'false',
  };
  const binary = async () => {
    const tool = await toolchain.find('minikube');
    if (tool) return tool.path;
    throw new PlatformError('prerequisite', 'minikube is not installed', {
      suggestions: ['run `platform tools install minikube`'],
    });
  };
  return {
    async follow(args, action, context) {
      const { signal } = context;
      const errors: MinikubeError[] = [];
      const onLine = (line: string) => {
        const event = readEvent(line);
        if (event?.type === 'progress') context.progress(event.progress);
        if (event?.type === 'error') errors.push(event);
      };
      try {
        await processes.run(await binary(), args, { env, signal, onLine });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof PlatformError)) throw error;
        throw explainFailure(error, action, errors);
      }
    },
    async ask(args, signal) {
      return processes.run(await binary(), args, { env, ...(signal && { signal }) });
    },
    async isInstalled() {
      return (await toolchain.find('minikube')) !== undefined;
    },
  };
}
