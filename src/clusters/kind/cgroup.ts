import { findEngine } from '../../containers/find-engine.js';
import type { Processes } from '../../process.js';

/** Whether the engine's machine has cgroup v1; on macOS that is another machine than this. */
export async function hasCgroupV1(processes: Processes, signal: AbortSignal): Promise<boolean> {
  const engine = await findEngine(processes, signal);
  return engine.status === 'running' && engine.cgroup === '1';
}
