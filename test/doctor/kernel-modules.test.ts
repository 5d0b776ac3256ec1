import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kernelModules, type KernelModulesOptions } from '../../src/doctor/kernel-modules.js';
import { docker, engineWith, noEngine } from './engine-given.js';
import { examined } from './examined.js';

const { kernel } = docker;
const others = ['ip_set_hash_net', 'xt_set', 'xt_mark', 'xt_multiport', 'xt_conntrack', 'xt_addrtype', 'nf_conntrack'];

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'platform-modules-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(path: string, content: string | Buffer) {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

function find(more: Partial<KernelModulesOptions> = {}) {
  return examined(kernelModules({ local: { cni: 'calico' }, engine: engineWith(), root, kernel, ...more }));
}

describe('the kernel modules of Calico', () => {
  it('are loaded, built in, there to be loaded, or known to the kernel', async () => {
    await write('proc/modules', `${others.slice(0, 2).join(' 16384 0 - Live 0x0\n')} 16384 0 - Live 0x0\n`);
    await write(`lib/modules/${kernel}/modules.builtin`, 'kernel/net/netfilter/xt_mark.ko\n');
    await write(
      `lib/modules/${kernel}/modules.dep`,
      'kernel/net/netfilter/xt_multiport.ko.xz: kernel/net/netfilter/x_tables.ko.xz\n' +
        'kernel/net/netfilter/xt-conntrack.ko.zst:\nkernel/net/netfilter/xt_addrtype.ko:\nkernel/net/nf_conntrack.ko:\n' +
        'kernel/drivers/net/vxlan/vxlan.ko: kernel/net/ipv4/udp_tunnel.ko\n',
    );
    await write('sys/module/ip_set/refcnt', '0');
    const { status, detail } = await find();
    expect(detail).toMatch(/^all that Calico needs: vxlan, ip_set/);
    expect(status).toBe('ok');
  });

  it('are built into kernels that have no folder of modules, by their own configuration', async () => {
    const names = 'VXLAN IP_SET IP_SET_HASH_NET NETFILTER_XT_SET NETFILTER_XT_MARK NETFILTER_XT_MATCH_MULTIPORT';
    const more = 'NETFILTER_XT_MATCH_CONNTRACK NETFILTER_XT_MATCH_ADDRTYPE NF_CONNTRACK';
    const lines = `${names} ${more}`.split(' ').map((name) => `CONFIG_${name}=y`);
    await write('proc/config.gz', gzipSync(lines.join('\n')));
    expect((await find()).status).toBe('ok');
    await write('proc/config.gz', gzipSync(lines.slice(1).join('\n')));
    expect((await find()).detail).toMatch(/has no vxlan; Calico/);
  });

  it('are a warning with the names of those that are missing', async () => {
    await write(`lib/modules/${kernel}/modules.builtin`, 'kernel/net/netfilter/nf_conntrack.ko\n');
    const { status, detail, fix } = await find();
    expect(status).toBe('warning');
    expect(detail).toBe(
      `the kernel ${kernel} has no vxlan, ip_set, ${others.slice(0, -1).join(', ')}; Calico may not get ready without`,
    );
    expect(fix?.[1]).toContain('local.cni: default');
  });

  it.each([
    ['the kernel is that of a virtual machine', { engine: engineWith({ kernel: '6.6.0-linuxkit' }) }],
    ['there is no engine', { engine: noEngine }],
    ['the pod network is another', { local: { cni: 'default' } }],
  ])('are not looked at where %s', async (_, more) => {
    await write(`lib/modules/${kernel}/modules.builtin`, '');
    const { status, detail } = await find(more);
    expect(status).toBe('ok');
    expect(detail).toMatch(/^not looked at/);
  });

  it('are no trouble where a machine does not tell', async () => {
    expect(await find()).toEqual({ status: 'ok', detail: `this machine does not tell what the kernel ${kernel} has` });
  });
});
