import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isRunning, startTicksFrom, startTimeOf } from '../src/process-identity.js';
import { afterwards, temporaryFolder } from './toolchain/fixture.js';

async function started(command: string, args: string[] = ['60']) {
  const child = spawn(command, args);
  await once(child, 'spawn');
  afterwards(() => Promise.resolve(child.kill('SIGKILL')));
  return { child, pid: child.pid ?? 0 };
}

describe('the identity of a process', () => {
  it('is the same every time somebody asks', () => {
    const startTime = startTimeOf(process.pid);
    expect(startTime).toBeDefined();
    expect(startTimeOf(process.pid)).toBe(startTime);
    expect(isRunning(process.pid, startTime ?? '')).toBe(true);
  });

  it('is another one for a process that was started later', async () => {
    const { pid } = await started('sleep');
    expect(startTimeOf(pid)).not.toBe(startTimeOf(process.pid));
  });

  it('is not that of an earlier process with the same pid', () => {
    expect(isRunning(process.pid, 'of a process before this one')).toBe(false);
    expect(isRunning(process.pid, '')).toBe(false);
  });

  it('ends with the process', async () => {
    const { child, pid } = await started('sleep');
    const startTime = startTimeOf(pid) ?? '';
    expect(isRunning(pid, startTime)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(startTimeOf(pid)).toBeUndefined();
    expect(isRunning(pid, startTime)).toBe(false);
  });

  it('ends with the process also while nobody has asked how it ended', async () => {
    const shell = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
    afterwards(() => Promise.resolve(shell.kill('SIGKILL')));
    const [line] = (await once(shell.stdout, 'data')) as [Buffer];
    while (startTimeOf(Number(line.toString())) !== undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(startTimeOf(Number(line.toString()))).toBeUndefined();
  });

  it.each([
    ['of a process that ended', 'Z', 1, undefined],
    ['of a process with threads that still hold its sockets', 'Z', 2, '918273'],
    ['of a process that is being removed', 'X', 1, undefined],
    ['of a process that sleeps', 'S', 1, '918273'],
  ])('is read from the line %s', (_, state, threads, expected) => {
    const stat = `4242 (kube-apiserver) ${state} 1 4242 4242 0 -1 4228108 0 0 0 0 12 3 0 0 20 0 ${String(threads)} 0 918273 0 0`;
    expect(startTicksFrom(stat)).toBe(expected);
  });

  it('is nothing where there is no such process', () => {
    expect(startTimeOf(2 ** 22 + 1)).toBeUndefined();
    expect(isRunning(2 ** 22 + 1, '')).toBe(false);
  });

  it('is read past spaces and parentheses in the name of the program', async () => {
    const program = join(await temporaryFolder(), 'a) S (b');
    const { pid: plain } = await started('sleep');
    await copyFile('/bin/sleep', program);
    const { pid } = await started(program);
    expect(startTimeOf(pid)).toMatch(/\d/);
    expect(isRunning(pid, startTimeOf(pid) ?? '')).toBe(true);
    expect(Number(startTimeOf(pid)) >= Number(startTimeOf(plain)) || process.platform !== 'linux').toBe(true);
  });
});
