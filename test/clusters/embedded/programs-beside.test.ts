import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { componentLogs } from '../../../src/clusters/embedded/component-logs.js';
import { endProcessesFrom, processesFrom } from '../../../src/clusters/embedded/host-processes.js';
import { programsBeside } from '../../../src/clusters/embedded/programs-beside.js';
import { startTimeOf } from '../../../src/process-identity.js';
import { systemProcesses } from '../../../src/process.js';
import { afterwards, temporaryFolder } from '../../toolchain/fixture.js';

const ports = { processes: systemProcesses(), clock: systemClock };
const { signal } = new AbortController();

async function given() {
  const root = await temporaryFolder();
  const folder = join(root, 'platform');
  await mkdir(folder);
  afterwards(() => endProcessesFrom(folder, ports.processes, systemClock, signal));
  return { root, folder, host: programsBeside(folder, ports) };
}
const sleeper = (name: string, seconds = '600') => ({ name, path: '/bin/sleep', args: [seconds] });

describe('a program beside the control plane', () => {
  it('is one of its processes, with a pid file and a log', async () => {
    const { folder, host } = await given();
    const pid = await host.start({
      name: 'prometheus',
      path: '/bin/sh',
      args: ['-c', 'echo "$WORD"; sleep 600; true', `${folder}/x`],
      env: { WORD: 'hello' },
    });
    await expect.poll(() => processesFrom(folder, ports.processes)).toMatchObject([{ pid, component: 'prometheus' }]);
    expect(await readFile(join(folder, 'pids', 'prometheus.pid'), 'utf8')).toBe(String(pid));
    const [log] = await componentLogs(folder);
    expect(log).toEqual({ name: 'prometheus', file: join(folder, 'logs', 'prometheus.log') });
    await expect.poll(() => readFile(log?.file ?? '', 'utf8')).toBe('hello\n');
    expect(await host.lastWords('prometheus')).toContain('hello');
  });

  it('is known as started with its arguments, from its file, and not with others', async () => {
    const { host } = await given();
    await host.start(sleeper('prometheus'));
    await expect.poll(async () => [...(await host.running()).keys()]).toEqual(['prometheus']);
    const one = (await host.running()).get('prometheus');
    expect(await one?.isStartedAs(sleeper('prometheus'))).toBe(true);
    expect(await one?.isStartedAs(sleeper('prometheus', '601'))).toBe(false);
    expect(await one?.isStartedAs({ ...sleeper('prometheus'), path: '/usr/bin/sleep' })).toBe(false);
  });

  it('is found where it is a script that became another program', async () => {
    const { root, host } = await given();
    const script = join(root, 'wrapper');
    await writeFile(script, '#!/bin/sh\nexec /usr/bin/env sh -c "sleep 600; true" "$@"\n');
    await chmod(script, 0o755);
    const wrapped = { name: 'prometheus', path: script, args: [`--config=${host.folder}/prometheus.yml`] };
    const pid = await host.start(wrapped);
    await expect.poll(async () => (await host.running()).get('prometheus')?.pid).toBe(pid);
    expect(await (await host.running()).get('prometheus')?.isStartedAs(wrapped)).toBe(true);
  });

  it('ends alone when it is asked to, and with all others when the control plane ends', async () => {
    const { folder, host } = await given();
    const one = await host.start(sleeper('prometheus'));
    const other = await host.start(sleeper('alertmanager'));
    await expect.poll(async () => (await host.running()).size).toBe(2);

    await host.end('prometheus', signal);
    expect([one, other].map((pid) => startTimeOf(pid) !== undefined)).toEqual([false, true]);

    await endProcessesFrom(folder, ports.processes, systemClock, signal);
    expect(startTimeOf(other)).toBeUndefined();
  });

  it('is linked anew where its file has moved', async () => {
    const { folder, host } = await given();
    await host.start(sleeper('prometheus', '0'));
    await host.start({ ...sleeper('prometheus', '0'), path: '/usr/bin/sleep' });
    expect(existsSync(join(folder, 'bin', 'prometheus'))).toBe(true);
    await expect(host.start({ ...sleeper('prometheus'), path: '/nowhere/sleep' })).rejects.toThrow(
      'could not be started',
    );
  });
});
