import { stringify } from 'yaml';
import type { ContainerEngine } from '../../containers/engine.js';
import { PlatformError } from '../../errors.js';
import type { StepContext } from '../../plan/step.js';
import { explainCreateFailure } from './create-failure.js';
import { kindProgress, type KindProgram } from './kind-program.js';
import { readBundle } from './log-bundle.js';
import { nodeContainers } from './node-containers.js';
import type { Configuration } from './user-configuration.js';

export interface Making {
  readonly cluster: string;
  readonly configuration: Configuration;
  readonly files: {
    readonly kubeconfig: string;
    /** Folder for what the nodes said, should it fail. */
    readonly logs: string;
  };
  readonly engine: ContainerEngine;
  readonly kind: KindProgram;
}

/**
 * Lets kind make a cluster, without waiting for ready nodes: they need a pod network first. When it fails, the nodes
 * stay, their logs are kept, and the error says what they tell about the reason.
 */
export async function createCluster(making: Making, context: StepContext): Promise<void> {
  const { signal } = context;
  const { cluster, configuration, files, engine, kind } = making;
  const args = ['create', 'cluster', '--name', cluster, '--config', '-', '--kubeconfig', files.kubeconfig, '--retain'];
  const said: string[] = [];
  const onLine = (line: string) => {
    said.push(line);
    const message = kindProgress(line);
    if (message !== undefined) context.progress({ message });
  };
  try {
    await kind.run({ args, engine: engine.name, signal, stdin: stringify(configuration), onLine });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PlatformError) || error.code !== 'tool') throw error;
    context.progress({ message: 'keeping the logs of the nodes' });
    const folder = await keepLogs(making, signal);
    const logs = folder === undefined ? [] : await readBundle(folder, cluster);
    throw explainCreateFailure({ error, output: said.join('\n'), engine: engine.name, folder, logs });
  }
}

/** Best effort: that there are no logs must not hide why the cluster could not be made. */
async function keepLogs({ cluster, files, engine, kind }: Making, signal: AbortSignal): Promise<string | undefined> {
  try {
    if ((await nodeContainers(engine, cluster, { signal })).length === 0) return undefined;
    await kind.run({ args: ['export', 'logs', files.logs, '--name', cluster], engine: engine.name, signal });
    return files.logs;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) return undefined;
    throw error;
  }
}
