import type { RunningEngine } from '../../src/containers/read-engine-info.js';
import type { FindEngine } from '../../src/doctor/container-engine.js';

export const docker: RunningEngine = {
  status: 'running',
  name: 'docker',
  version: '28.2.2',
  system: 'Debian',
  kernel: '6.1.0-41-amd64',
  cgroup: '2',
  memoryBytes: 8e9,
  cpus: 4,
  isRootless: false,
  security: [],
  root: '/var/lib/docker',
};

export function engineWith(more: Partial<RunningEngine> = {}): FindEngine {
  return () => Promise.resolve({ ...docker, ...more });
}

export const noEngine: FindEngine = () => Promise.resolve({ status: 'absent' });
