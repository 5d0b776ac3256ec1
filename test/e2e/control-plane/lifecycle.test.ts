import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextName } from '../../../src/kubernetes/kubeconfig.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

let plane: ControlPlane;
const foreigners: (() => unknown)[] = [];
beforeAll(async () => {
  plane = await controlPlane('cycle');
  await plantKubectl();
});
afterAll(async () => {
  for (const end of foreigners) end();
  vi.unstubAllEnvs();
  await plane.dispose();
});

/** The first kubectl on PATH leaves a mark when anybody runs it. */
async function plantKubectl(): Promise<void> {
  const bin = join(plane.sandbox.folder, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'kubectl'), `#!/bin/sh\necho "$@" >> "${bin}/calls"\nexit 1\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}:${process.env['PATH'] ?? ''}`);
}

/** A process that has nothing to do with any control plane. */
function foreigner(): number {
  const child = spawn('/bin/sleep', ['600'], { stdio: 'ignore' });
  foreigners.push(() => child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('sleep could not be started');
  return child.pid;
}

const isAlive = (pid: number) => existsSync(`/proc/${String(pid)}`);
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kept', namespace: 'default' } };
const configMapPath = '/api/v1/namespaces/default/configmaps/kept';

/** Local addresses that processes listen on, from the kernel's own tables. */
async function listeningAddresses(pids: readonly number[]): Promise<string[]> {
  const inodes = new Set<string>();
  for (const pid of pids) {
    for (const file of await readdir(`/proc/${String(pid)}/fd`, { withFileTypes: true })) {
      const target = await readlinkQuietly(join(file.parentPath, file.name));
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode) inodes.add(inode);
    }
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')));
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === '0A' && inodes.has(inode) ? [local.split(':')[0] ?? ''] : [];
    }),
  );
}

async function readlinkQuietly(path: string): Promise<string> {
  return readlink(path).catch(() => '');
}

describe('an embedded control plane', () => {
  it('is absent at first, with nothing on this machine', async () => {
    expect(await plane.provider.inspect()).toEqual({ status: 'absent' });
    expect(await plane.provider.remains()).toEqual([]);
  });

  it('is incomplete when its making was cut short', async () => {
    const cut = new AbortController();
    const making = plane.provider.create(stepContext(cut.signal)).catch((error: unknown) => error);
    await eventually(async () => (await plane.running()).at(0));
    cut.abort(new DOMException('interrupted', 'AbortError'));
    expect(await making).toBeInstanceOf(Error);
    expect(await plane.provider.inspect()).toEqual({ status: 'incomplete', reason: 'its making was cut short' });
  });

  it('is made over what a cut-short making left, and runs', async () => {
    const left = (await plane.running()).map(({ pid }) => pid);
    expect(await plane.provider.create(stepContext())).toBe('Kubernetes 1.36.3, 2 simulated nodes');
    expect(left.filter(isAlive)).toEqual([]);
    const state = await eventually(async () => {
      const found = await plane.provider.inspect();
      return found.status === 'running' && found.nodes.every(({ ready }) => ready) ? found : undefined;
    });
    expect(state).toMatchObject({
      made: { kubernetes: '1.36.3', nodes: 2 },
      nodes: [{ name: 'cycle-control-plane' }, { name: 'cycle-worker' }],
    });
    expect(state).not.toHaveProperty('outdated');
    expect((await plane.provider.logs()).map(({ name }) => name)).toContain('kube-apiserver');
  });

  it.runIf(process.platform === 'linux')('listens on this machine only, with everything it has', async () => {
    const processes = await plane.running();
    expect(processes).toHaveLength(6);
    const addresses = await listeningAddresses(processes.map(({ pid }) => pid));
    expect(addresses.length).toBeGreaterThanOrEqual(7);
    expect(new Set(addresses)).toEqual(new Set(['0100007F']));
  });

  it('keeps its credentials to its owner', async () => {
    expect(await readFile(plane.provider.kubeconfig, 'utf8')).toContain(contextName('cycle'));
    expect((await stat(plane.provider.kubeconfig)).mode & 0o777).toBe(0o600);
  });

  it('keeps its data while it is stopped', async () => {
    await (await plane.client()).apply(configMap);
    await plane.provider.stop(stepContext());
    expect(await plane.running()).toEqual([]);
    expect(await plane.provider.inspect()).toMatchObject({
      status: 'stopped',
      reason: 'its processes are not running',
    });
    expect(await plane.provider.remains()).toEqual([expect.stringMatching(/^folder /)]);

    await plane.provider.start(stepContext());
    expect(await plane.provider.inspect()).toMatchObject({ status: 'running' });
    expect(await (await plane.client()).get(configMapPath)).toMatchObject(configMap);
  });

  it('is healed by a start after its API server was killed, without losing what still runs', async () => {
    const etcd = await plane.pidOf('etcd');
    await plane.kill('kube-apiserver');
    expect(await plane.provider.inspect()).toMatchObject({ status: 'stopped', reason: 'kube-apiserver has ended' });

    await plane.provider.start(stepContext());
    expect(await plane.provider.inspect()).toMatchObject({ status: 'running' });
    expect(await plane.pidOf('etcd')).toBe(etcd);
    expect(await (await plane.client()).get(configMapPath)).toMatchObject(configMap);
  });

  it('is never taken for stopped or absent while its API server hangs', async () => {
    const server = await plane.pidOf('kube-apiserver');
    process.kill(server, 'SIGSTOP');
    const state = await plane.provider.inspect();
    process.kill(server, 'SIGCONT');
    expect(state).toMatchObject({
      status: 'unreachable',
      reason: expect.stringContaining(`kube-apiserver (pid ${String(server)}) runs but does not answer`) as string,
    });
    await eventually(async () => ((await plane.provider.inspect()).status === 'running' ? true : undefined));
  });

  it('leaves somebody else alone who was given the pid of one of its processes', async () => {
    const starter = foreigner();
    await plane.provider.stop(stepContext());
    await mkdir(join(plane.folder, 'pids'), { recursive: true });
    await writeFile(join(plane.folder, 'pids', 'kube-apiserver.pid'), String(starter));
    await plane.provider.start(stepContext());
    expect(await plane.provider.inspect()).toMatchObject({ status: 'running' });

    const stopper = foreigner();
    await plane.kill('kube-scheduler');
    await writeFile(join(plane.folder, 'pids', 'kube-scheduler.pid'), String(stopper));
    await plane.provider.stop(stepContext());
    expect([starter, stopper].filter((pid) => !isAlive(pid))).toEqual([]);
    expect(await plane.running()).toEqual([]);
    await plane.provider.start(stepContext());
  });

  it('gets and loses nodes in place', async () => {
    const larger = plane.providerWith(2);
    expect(await larger.inspect()).toMatchObject({ status: 'running', outdated: expect.any(String) as string });
    await larger.update?.(stepContext());
    expect(await larger.inspect()).toMatchObject({ nodes: { length: 3 }, made: { nodes: 3 } });
    await plane.provider.update?.(stepContext());
    expect(await plane.provider.inspect()).toMatchObject({
      nodes: [{ name: 'cycle-control-plane' }, { name: 'cycle-worker' }],
    });
  });

  it('is gone without a trace when it was deleted, also with dead processes and strange pids', async () => {
    const foreign = foreigner();
    await plane.kill('kube-apiserver');
    await writeFile(join(plane.folder, 'pids', 'kube-apiserver.pid'), String(foreign));
    const removed = await plane.provider.delete(stepContext());
    expect(removed).toContainEqual(expect.stringMatching(/^process \d+ etcd$/));
    expect(await plane.provider.inspect()).toEqual({ status: 'absent' });
    expect(await plane.provider.remains()).toEqual([]);
    expect(existsSync(plane.provider.kubeconfig)).toBe(false);
    expect(isAlive(foreign)).toBe(true);
    expect(await plane.running()).toEqual([]);
  });

  it('is no trouble to delete again', async () => {
    expect(await plane.provider.delete(stepContext())).toEqual([]);
  });

  it('needed no kubectl in all its life', () => {
    expect(existsSync(join(plane.sandbox.folder, 'bin', 'calls'))).toBe(false);
  });
});
