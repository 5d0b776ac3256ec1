import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { endProcessesFrom, processesFrom, removeStalePidFiles } from '../../../src/clusters/embedded/host-processes.js';
import { systemProcesses } from '../../../src/process.js';

const processes = systemProcesses();
const children: ChildProcess[] = [];
let root = '';
/** Where a control plane is. */
let folder = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'platform-host-processes-'));
  folder = join(root, 'platform');
  for (const made of [folder, `${folder}-2`]) await mkdir(join(made, 'bin'), { recursive: true });
  await mkdir(join(folder, 'pids'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(root, { recursive: true });
});

async function run(program: string, ...args: string[]): Promise<number> {
  const child = spawn(program, args, { stdio: 'ignore' });
  children.push(child);
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  return child.pid ?? 0;
}

/** A program of the control plane, linked as kwokctl links it. */
async function component(name: string, home = folder): Promise<number> {
  await symlink('/bin/sleep', join(home, 'bin', name));
  return run(join(home, 'bin', name), '600');
}

const writePid = (name: string, text: string) => writeFile(join(folder, 'pids', `${name}.pid`), text);
const pids = async () => (await processesFrom(folder, processes)).map(({ pid }) => pid);

describe('the processes of a control plane', () => {
  it('are those whose program lies in its folder', async () => {
    const etcd = await component('etcd');
    await expect.poll(pids).toEqual([etcd]);
  });

  it('are not those of a folder with a longer name, and not those that only speak of it', async () => {
    const other = await component('etcd', `${folder}-2`);
    const tail = await run('/bin/sh', '-c', `sleep 600 # ${folder}/logs/etcd.log`);
    await expect
      .poll(async () => (await processesFrom(`${folder}-2`, processes)).map(({ pid }) => pid))
      .toEqual([other]);
    expect(await pids()).not.toContain(tail);
    expect(await pids()).toEqual([]);
  });

  it('are also those that a pid file names and that work on its folder', async () => {
    const script = await run('/bin/sh', '-c', `sleep 600 # --data-dir=${folder}/etcd`);
    await writePid('etcd', String(script));
    await expect.poll(pids).toEqual([script]);
  });

  it('are not somebody else’s who was given the pid of one that ended', async () => {
    const foreign = await run('/bin/sleep', '600');
    await writePid('etcd', String(foreign));
    expect(await pids()).toEqual([]);
  });

  it('have whole command lines, however long', async () => {
    await copyFile('/bin/sleep', join(folder, 'bin', 'etcd'));
    const long = '600'.padStart(3000, '0');
    await run(join(folder, 'bin', 'etcd'), long);
    await expect.poll(async () => (await processesFrom(folder, processes))[0]?.command.endsWith(long)).toBe(true);
  });
});

describe('pid files', () => {
  it('that name somebody else’s process are removed, and the process is left alone', async () => {
    const foreign = await run('/bin/sleep', '600');
    await writePid('kube-apiserver', String(foreign));
    await removeStalePidFiles(folder, processes);
    expect(await readdir(join(folder, 'pids'))).toEqual([]);
    expect(() => process.kill(foreign, 0)).not.toThrow();
  });

  it('that name a process of this control plane stay', async () => {
    const etcd = await component('etcd');
    await expect.poll(pids).toEqual([etcd]);
    await writePid('etcd', String(etcd));
    await writePid('kube-scheduler', 'nonsense');
    await writePid('kwok-controller', '');
    await removeStalePidFiles(folder, processes);
    expect(await readdir(join(folder, 'pids'))).toEqual(['etcd.pid']);
  });

  it('need not be there', async () => {
    await expect(removeStalePidFiles(join(root, 'none'), processes)).resolves.toBeUndefined();
  });
});

describe('ending the processes of a control plane', () => {
  it('leaves none of them, and nobody else’s', async () => {
    await component('etcd');
    await component('kube-apiserver');
    const other = await component('etcd', `${folder}-2`);
    await expect.poll(pids).toHaveLength(2);
    await endProcessesFrom(folder, processes, systemClock, AbortSignal.timeout(10_000));
    expect(await pids()).toEqual([]);
    expect((await processesFrom(`${folder}-2`, processes)).map(({ pid }) => pid)).toEqual([other]);
  });
});
