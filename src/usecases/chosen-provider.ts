import { chooseProvider, type ProviderChoice } from '../clusters/provider.js';
import { findEngine } from '../containers/find-engine.js';
import type { Environment } from '../environment/environment.js';
import { readRecord, type EnvironmentRecord } from '../environment/record.js';
import type { Ports } from '../ports.js';

/** What makes the cluster of an environment on this machine, and what the environment was begun with. */
export async function chosenProvider(
  environment: Pick<Environment, 'name' | 'target' | 'local'>,
  { paths, processes, interruption }: Pick<Ports, 'paths' | 'processes' | 'interruption'>,
): Promise<{ readonly choice: ProviderChoice; readonly begun: EnvironmentRecord | undefined }> {
  const begun = await readRecord(paths, environment.name);
  const engine = () => findEngine(processes, interruption.draining);
  return { choice: await chooseProvider(environment, begun?.provider, engine), begun };
}
