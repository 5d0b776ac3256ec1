import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { describePortOwner, isPortFree, portOwner, portOwnerFromProc } from '../../src/local/ports.js';
import { systemProcesses } from '../../src/process.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
const hosts = ['127.0.0.1', '0.0.0.0', ...(hasIpv6 ? ['::1', '::'] : [])];

async function listen(host: string): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as AddressInfo).port, server };
}

/** A /proc in which a socket listens on port 80 and `owner`, if any, holds it. */
async function fakeProc(owner?: { pid: string; comm: string }): Promise<string> {
  const proc = await mkdtemp(join(tmpdir(), 'platform-proc-'));
  cleanups.push(() => rm(proc, { recursive: true }));
  await mkdir(join(proc, 'net'));
  await writeFile(
    join(proc, 'net', 'tcp'),
    'header\n   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0\n',
  );
  if (owner) {
    await mkdir(join(proc, owner.pid, 'fd'), { recursive: true });
    await symlink('socket:[4711]', join(proc, owner.pid, 'fd', '6'));
    await writeFile(join(proc, owner.pid, 'comm'), `${owner.comm}\n`);
  }
  return proc;
}

describe('the owner of a port', () => {
  it.each(hosts)('is the process that listens on %s: here this one', async (host) => {
    const { port } = await listen(host);

    const owner = await portOwner(port, systemProcesses());

    expect(owner?.pid).toBe(process.pid);
    expect(owner?.command).toMatch(/node|vitest/);
  });

  it('is nobody once the server has closed', async () => {
    const { port, server } = await listen('127.0.0.1');
    await new Promise((resolve) => server.close(resolve));

    expect(await portOwner(port, systemProcesses())).toBeUndefined();
  });

  it('is the first of the processes that share the socket', async () => {
    const proc = await fakeProc({ pid: '20', comm: 'nginx' });
    await mkdir(join(proc, '100', 'fd'), { recursive: true });
    await symlink('socket:[4711]', join(proc, '100', 'fd', '6'));

    expect(await portOwnerFromProc(80, proc)).toEqual({ pid: 20, command: 'nginx' });
  });

  it('has no pid when its process belongs to another user', async () => {
    expect(await portOwnerFromProc(80, await fakeProc())).toEqual({});
  });

  it('is nobody for another port of the same table', async () => {
    expect(await portOwnerFromProc(81, await fakeProc({ pid: '20', comm: 'nginx' }))).toBeUndefined();
  });

  it('reads well', () => {
    expect(describePortOwner({ pid: 20, command: 'nginx' })).toBe('nginx (pid 20)');
    expect(describePortOwner({ pid: 20 })).toBe('pid 20');
    expect(describePortOwner({})).toBe('a process of another user');
  });
});

describe('a port', () => {
  it.each(hosts)('is not free while somebody listens on %s', async (host) => {
    const { port } = await listen(host);
    expect(await isPortFree(port)).toBe(false);
  });

  it('is free when nobody listens', async () => {
    const { port, server } = await listen('127.0.0.1');
    await new Promise((resolve) => server.close(resolve));
    expect(await isPortFree(port)).toBe(true);
  });
});
