import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalSettings, ProviderName } from '../environment/environment.js';
import type { Examination, Finding } from './check.js';
import type { FindEngine } from './container-engine.js';
import type { ContainerNeed } from './container-need.js';

export interface CgroupOptions {
  readonly need: ContainerNeed;
  readonly provider: ProviderName | 'auto';
  readonly local: Pick<LocalSettings, 'nodeImage'> | undefined;
  readonly engine: FindEngine;
  /** Where cgroups are mounted on Linux. */
  readonly mount?: string;
}

const upgrade =
  'boot with the kernel parameter systemd.unified_cgroup_hierarchy=1 (in WSL: kernelCommandLine in .wslconfig)';

/**
 * Which cgroup version containers get. With v1 a kubelet of Kubernetes 1.35 or later refuses to start unless it is told
 * not to (KEP-5573), which kind's configuration and minikube do; and a systemd of 256 or later refuses in any case, which
 * is what runs in the public node images of kind: they are built on Debian 13.
 */
export function cgroup({ need, provider, local, engine, mount = '/sys/fs/cgroup' }: CgroupOptions): Examination {
  return {
    name: 'cgroup',
    async examine(signal) {
      const found = await engine(signal).catch(() => undefined);
      const running = found?.status === 'running' ? found : undefined;
      const version = running?.cgroup ?? versionAt(mount);
      if (version === undefined)
        return { status: 'ok', detail: 'no cgroups here; the container engine brings its own' };
      if (version !== '1') return { status: 'ok', detail: `v${version}` };
      if (need === 'no') return { status: 'ok', detail: 'v1, which does not matter to the embedded provider' };
      if (provider === 'minikube') return warning('minikube tells the kubelet to start on it');
      const isKind = provider === 'kind' || (provider === 'auto' && running !== undefined);
      if (!isKind) return warning('a cluster in containers may not start on it');
      if (running?.isRootless) {
        return { status: 'blocking', detail: 'v1: kind needs v2 where the engine runs without root', fix: [upgrade] };
      }
      if (local?.nodeImage !== undefined) {
        return warning(
          `the kubelet is told to start on it; the node image ${local.nodeImage} must have a systemd older than 256`,
        );
      }
      return {
        status: 'blocking',
        detail: 'v1: nodes of the public kind image do not start on it, since their systemd refuses it',
        fix: [upgrade, 'or set local.nodeImage to a node image with a systemd older than 256 (Debian 12)'],
      };
    },
  };
}

function warning(what: string): Finding {
  return { status: 'warning', detail: `v1: ${what}; Kubernetes drops it soon`, fix: [upgrade] };
}

function versionAt(mount: string): string | undefined {
  if (!existsSync(mount)) return undefined;
  return existsSync(join(mount, 'cgroup.controllers')) ? '2' : '1';
}
