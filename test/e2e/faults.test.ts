import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { connect } from '../../src/kubernetes/client.js';
import { systemProcesses } from '../../src/process.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const service = (name: string, needs: string) => `
  ${name}:
    chart: service
    namespace: apps
    needs: [${needs}]
    values: { image: { repository: example.org/${name}, tag: v1 } }`;

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: faults
domain: faults.localhost
releases:${service('one', '')}${service('two', 'one:ready')}${service('three', 'two:ready')}${service('four', '')}
`;

describe('a run that does not get through', () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
  });

  afterAll(async () => {
    await sandbox.dispose();
  });

  const up = (...args: string[]) => sandbox.platform.json<UpResult>(['up', '--local', ...args]);
  const status = async () => (await sandbox.platform.json<StatusResult>(['status'])).result;
  const kubeconfig = () => join(sandbox.paths.state, 'faults', 'kubeconfig');
  const controlPlane = async () => {
    const { stdout } = await systemProcesses().run('ps', ['-ww', '-eo', 'pid=,args=']);
    return stdout.split('\n').flatMap((line) => {
      const [, pid, program] = /^\s*(\d+)\s+(\S+)/.exec(line) ?? [];
      return pid && program?.startsWith(sandbox.folder) ? [{ pid: Number(pid), name: program.split('/').at(-1) }] : [];
    });
  };
  /** The state of each release's newest revision: what was interrupted before it is rightly superseded. */
  const helmStates = async () => {
    const client = await connect(kubeconfig(), 'platform-faults');
    const secrets = await client.list('/api/v1/secrets', { labelSelector: 'owner=helm', metadataOnly: true });
    client.close();
    const newestLast = secrets
      .map(({ metadata }) => metadata.labels ?? {})
      .sort((a, b) => Number(a['version']) - Number(b['version']));
    return [...new Map(newestLast.map((labels) => [labels['name'], labels['status']])).values()];
  };

  // From before the cluster's making to the last release; what is reached differs from machine to machine.
  it.each([150, 600, 1200, 2500, 4000, 5000, 5600, 6200, 7000])(
    'is continued by the next one when it was killed after %i ms',
    async (moment) => {
      const run = sandbox.start(['up', '--local']);
      await systemClock.sleep(moment);
      run.kill('SIGKILL');
      await run.finished;

      const { exitCode, error } = await up();

      expect(error).toBeUndefined();
      expect(exitCode).toBe(0);
      expect((await status()).healthy).toBe(true);
      expect(new Set(await helmStates())).not.toContain('pending-install');
      const names = (await controlPlane()).map(({ name }) => name);
      expect(names.filter((name) => name === 'etcd')).toEqual(['etcd']);
      await sandbox.platform(['destroy', '--confirm', 'faults']);
    },
  );

  it('ends with 130 on Ctrl-C, leaves no release pending, and is continued', async () => {
    const run = sandbox.start(['up', '--local']);
    await run.shows(/✓ one: revision 1/);
    run.kill('SIGINT');
    const { exitCode, stderr } = await run.finished;

    expect(exitCode).toBe(130);
    expect(stderr).toContain('stopping after the current steps');
    expect(stderr).toContain('interrupted after');
    expect((await helmStates()).filter((state) => state !== 'deployed')).toEqual([]);
    expect((await up()).exitCode).toBe(0);
  });

  it('is refused while another one is at work, with the name and pid of the other', async () => {
    const run = sandbox.start(['up', '--local', '--set', 'one.replicas=2', '--set', 'four.replicas=2']);
    await run.shows(/up faults/);

    const { exitCode, error } = await up();

    expect(exitCode).toBe(5);
    expect(error?.message).toContain(`pid ${String(run.pid)}`);
    expect((await run.finished).exitCode).toBe(0);
  });

  it('takes an API server that does not answer for unreachable, never for absent', async () => {
    const before = await status();
    const server = (await controlPlane()).find(({ name }) => name === 'kube-apiserver');
    if (!server) throw new Error('there is no kube-apiserver');

    process.kill(server.pid, 'SIGSTOP');
    const silent = await status();
    const { exitCode, error } = await up();
    process.kill(server.pid, 'SIGCONT');

    expect(silent.cluster.status).toBe('unreachable');
    expect(silent.releases).toEqual([]);
    expect(exitCode).toBe(4);
    expect(error?.message).toContain('does not answer');
    const after = await status();
    expect(after.cluster).toEqual(before.cluster);
  });

  it('starts again what a reboot has ended, with its data, and leaves foreign processes alone', async () => {
    for (const { pid } of await controlPlane()) process.kill(pid, 'SIGKILL');
    const pids = join(sandbox.paths.state, 'faults', 'embedded', 'clusters', 'platform', 'pids');
    const bystander = spawn('sleep', ['600'], { stdio: 'ignore' });
    // After a reboot the pids in these files belong to somebody else.
    for (const name of await readdir(pids)) await writeFile(join(pids, name), String(bystander.pid));

    const { exitCode, result } = await up();

    expect(exitCode).toBe(0);
    expect(result.summary.steps.find(({ id }) => id === 'cluster')?.outcome).toBe('done');
    expect(result.summary.steps.find(({ id }) => id === 'release/two')?.outcome).toBe('unchanged');
    // False where it has ended already.
    expect(bystander.kill('SIGTERM')).toBe(true);
  });

  it('names the process that has taken a port of the control plane meanwhile', async () => {
    const [, port] = /https:\/\/127\.0\.0\.1:(\d+)/.exec(await readFile(kubeconfig(), 'utf8')) ?? [];
    await sandbox.platform(['stop']);
    const squatter = createServer();
    await new Promise<void>((resolve) => {
      squatter.once('listening', resolve);
      // What the API server leaves behind may hold the port for another moment.
      squatter.on('error', () => setTimeout(() => squatter.listen(Number(port), '127.0.0.1'), 100));
      squatter.listen(Number(port), '127.0.0.1');
    });

    const taken = await sandbox.platform.json(['start']);
    squatter.close();

    expect(taken.exitCode).toBe(5);
    expect(taken.error?.message).toContain(`port ${port ?? ''} of kube-apiserver`);
    expect(taken.error?.message).toContain(`pid ${String(process.pid)}`);
    expect((await sandbox.platform(['start'])).exitCode).toBe(0);
  });

  it('names every problem of a broken file, and changes nothing', async () => {
    await writeFile(
      join(sandbox.work, 'platform.yaml'),
      file.replace('one:ready', 'seven:ready').replace('apps', '1Apps'),
    );

    const { exitCode, error } = await up();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);

    expect(exitCode).toBe(2);
    expect(error?.output).toContain('seven');
    expect(error?.output).toContain('1Apps');
    expect((await status()).healthy).toBe(true);
  });

  it('names the whole circle of needs', async () => {
    const circle = service('one', 'three:ready') + service('two', 'one:ready') + service('three', 'two:ready');
    await writeFile(
      join(sandbox.work, 'platform.yaml'),
      `${file.slice(0, file.indexOf('releases:'))}releases:${circle}\n`,
    );

    const { exitCode, error } = await up();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);

    expect(exitCode).toBe(2);
    expect(error?.output).toMatch(/one → \w+ → \w+ → one|two → \w+ → \w+ → two|three → \w+ → \w+ → three/);
  });

  it('ends a wait that cannot succeed with the reason of the scheduler', async () => {
    const { exitCode, error } = await up('--set', 'four.resources.requests.cpu="1000"');

    expect(exitCode).toBe(4);
    expect(error?.message).toContain('four did not become ready');
    expect(error?.output).toContain('Unschedulable');
    expect(error?.suggestions?.join()).toContain('add nodes');
  });

  it('says which steps lost the API server when that ends in mid-run, and is continued', async () => {
    await sandbox.platform(['destroy', '--confirm', 'faults']);
    const run = sandbox.start(['up', '--local']);
    await run.shows(/✓ one: revision 1/);
    const server = (await controlPlane()).find(({ name }) => name === 'kube-apiserver');
    if (!server) throw new Error('there is no kube-apiserver');
    process.kill(server.pid, 'SIGKILL');
    const { exitCode, stderr } = await run.finished;

    expect(exitCode).toBe(4);
    expect(stderr).toContain('does not answer');
    expect((await status()).cluster.status).toBe('stopped');
    expect((await up()).exitCode).toBe(0);
    expect(new Set(await helmStates())).toEqual(new Set(['deployed']));
  });
});
