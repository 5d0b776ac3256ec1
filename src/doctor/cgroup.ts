import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalSettings } from '../environment/environment.js';
import type { Examination } from './check.js';
import type { ContainerEngine } from './container-engine.js';
import type { ContainerNeed } from './container-need.js';

/** The first minor version of Kubernetes 1 whose kubelet refuses to start on cgroup v1 (KEP-5573). */
const refusedSince = 35;

export interface CgroupOptions {
  readonly need: ContainerNeed;
  readonly local: Pick<LocalSettings, 'provider' | 'kubernetes'> | undefined;
  readonly engine: (signal: AbortSignal) => Promise<ContainerEngine>;
  /** Where cgroups are mounted on Linux. */
  readonly mount?: string;
}

/** Which cgroup version containers get: with v1 a kubelet of Kubernetes 1.35 or later refuses to start. */
export function cgroup({ need, local, engine, mount = '/sys/fs/cgroup' }: CgroupOptions): Examination {
  return {
    name: 'cgroup',
    async examine(signal) {
      const found = await engine(signal).catch(() => undefined);
      const version = (found?.status === 'running' ? found.cgroup : undefined) ?? versionAt(mount);
      if (version === undefined)
        return { status: 'ok', detail: 'no cgroups here; the container engine brings its own' };
      if (version !== '1') return { status: 'ok', detail: `v${version}` };
      if (need === 'no') return { status: 'ok', detail: 'v1, which does not matter to the embedded provider' };
      const minor = Number(local?.kubernetes.split('.')[1] ?? refusedSince);
      const isRefused = local?.provider === 'kind' && minor >= refusedSince;
      return {
        status: isRefused ? 'blocking' : 'warning',
        detail: `v1: the kubelet of Kubernetes 1.${String(refusedSince)} and later refuses to start on it`,
        fix: [
          'boot with the kernel parameter systemd.unified_cgroup_hierarchy=1 (in WSL: kernelCommandLine in .wslconfig)',
          `or set local.kubernetes: "1.${String(refusedSince - 1)}"`,
        ],
      };
    },
  };
}

function versionAt(mount: string): string | undefined {
  if (!existsSync(mount)) return undefined;
  return existsSync(join(mount, 'cgroup.controllers')) ? '2' : '1';
}
