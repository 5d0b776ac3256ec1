import { readFile, stat } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { LocalSettings } from '../environment/environment.js';
import type { Examination } from './check.js';
import type { FindEngine } from './container-engine.js';

/**
 * What Calico's nodes ask of the kernel with the values that it is installed with here (VXLAN, iptables), by the option
 * that builds it in: https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#kernel-dependencies
 */
const wanted: Readonly<Record<string, string>> = {
  vxlan: 'CONFIG_VXLAN',
  ip_set: 'CONFIG_IP_SET',
  ip_set_hash_net: 'CONFIG_IP_SET_HASH_NET',
  xt_set: 'CONFIG_NETFILTER_XT_SET',
  xt_mark: 'CONFIG_NETFILTER_XT_MARK',
  xt_multiport: 'CONFIG_NETFILTER_XT_MATCH_MULTIPORT',
  xt_conntrack: 'CONFIG_NETFILTER_XT_MATCH_CONNTRACK',
  xt_addrtype: 'CONFIG_NETFILTER_XT_MATCH_ADDRTYPE',
  nf_conntrack: 'CONFIG_NF_CONNTRACK',
};

export interface KernelModulesOptions {
  readonly local: Pick<LocalSettings, 'cni'> | undefined;
  readonly engine: FindEngine;
  /** Root of the file system with `/proc`, `/sys` and `/lib/modules`. */
  readonly root?: string;
  /** Release of this machine's kernel. */
  readonly kernel?: string;
}

/** Whether the kernel has what the pod network needs, where it is this machine's own kernel that containers run on. */
export function kernelModules({ local, engine, root = '/', kernel = release() }: KernelModulesOptions): Examination {
  return {
    name: 'kernel modules',
    async examine(signal) {
      if (local !== undefined && local.cni !== 'calico') {
        return { status: 'ok', detail: `not looked at: the pod network is ${local.cni}, not Calico` };
      }
      const found = await engine(signal);
      if (found.status !== 'running') return { status: 'ok', detail: 'not looked at: no container engine answers' };
      if (found.kernel !== kernel) {
        return { status: 'ok', detail: 'not looked at: the container engine has a kernel of its own' };
      }
      const has = await modulesOf(root, kernel);
      if (!has) return { status: 'ok', detail: `this machine does not tell what the kernel ${kernel} has` };
      const missing = Object.entries(wanted).flatMap(([name, option]) => (has(name, option) ? [] : [name]));
      if (missing.length === 0)
        return { status: 'ok', detail: `all that Calico needs: ${Object.keys(wanted).join(', ')}` };
      return {
        status: 'warning',
        detail: `the kernel ${kernel} has no ${missing.join(', ')}; Calico may not get ready without`,
        fix: [
          'install the package with the further modules of your kernel (Debian, Ubuntu: linux-modules-extra)',
          'or set local.cni: default, which has no NetworkPolicies of Calico',
        ],
      };
    },
  };
}

type Has = (name: string, option: string) => boolean;

async function modulesOf(root: string, kernel: string): Promise<Has | undefined> {
  const folder = join(root, 'lib/modules', kernel);
  const [loaded, builtin, available, config] = await Promise.all([
    textOf(join(root, 'proc/modules')),
    textOf(join(folder, 'modules.builtin')),
    textOf(join(folder, 'modules.dep')),
    configurationOf(root, kernel),
  ]);
  if (builtin === undefined && available === undefined && config === undefined) return undefined;
  const names = new Set([
    ...(loaded ?? '').split('\n').map((line) => line.split(' ', 1)[0] ?? ''),
    ...[builtin, available].flatMap((text) => fileNames(text ?? '')),
  ]);
  const parts = await Promise.all(
    Object.keys(wanted).map(async (name) => ((await exists(join(root, 'sys/module', name))) ? [name] : [])),
  );
  for (const name of parts.flat()) names.add(name);
  return (name, option) => names.has(name) || new RegExp(`^${option}=y$`, 'm').test(config ?? '');
}

/** `kernel/net/netfilter/xt_set.ko.xz: kernel/…` is `xt_set`. */
function fileNames(text: string): string[] {
  return [...text.matchAll(/^\S*?([\w-]+)\.ko\S*?:?(?:\s|$)/gm)].map(([, name = '']) => name.replaceAll('-', '_'));
}

// Kernels of small virtual machines have everything built in, and no folder of modules.
async function configurationOf(root: string, kernel: string): Promise<string | undefined> {
  const packed = await readFile(join(root, 'proc/config.gz')).catch(() => undefined);
  if (packed) return (await promisify(gunzip)(packed)).toString('utf8');
  return textOf(join(root, 'boot', `config-${kernel}`));
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
