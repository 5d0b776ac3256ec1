import type { Clock } from '../clock.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { Monitoring } from '../monitoring/monitoring.js';
import type { Processes } from '../process.js';
import type { ToolName } from '../toolchain/pins.js';
import type { Probe } from './observe/probe.js';

/** Everything that a drill asks or changes. */
export interface World {
  readonly environment: Environment;
  readonly provider: Pick<ClusterProvider, 'name' | 'simulation'>;
  readonly client: ClusterClient;
  /** Absent where nothing watches the environment. */
  readonly monitoring: Monitoring | undefined;
  readonly clock: Clock;
  readonly processes: Processes;
  /** Path of a tool, installed if it is not there; rejects with a `prerequisite` where it cannot be had. */
  tool(name: ToolName, signal: AbortSignal): Promise<string>;
  /** Asks an address of the environment as its users do. */
  readonly probe: Probe;
}
