import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import type { RunOptions } from '../../src/process.js';
import { couldNotAsk, findElevation, notElevated, runElevated } from '../../src/trust/elevation.js';
import { fakeProcesses, givenMachine, placeProgram } from './given.js';

const { signal } = new AbortController();

async function given({ sudo = true, asks = true }: { readonly sudo?: boolean; readonly asks?: boolean } = {}) {
  const machine = await givenMachine();
  await placeProgram(join(machine.bin, 'sudo'));
  if (!sudo) await rm(join(machine.bin, 'sudo'));
  const processes = fakeProcesses(() => ({ exitCode: asks ? 1 : 0 }));
  return { processes, variables: machine.variables, isRoot: false, isInteractive: true };
}

describe('how what needs an administrator is run', () => {
  it('is as it is, for an administrator', async () => {
    const options = { ...(await given()), isRoot: true };
    expect(await findElevation(options)).toEqual({ by: 'nothing' });
    expect(options.processes.calls).toEqual([]);
  });

  it('is by sudo, which may ask where somebody is there', async () => {
    const options = await given();
    expect(await findElevation(options)).toEqual({ by: 'sudo-asking' });
    expect(options.processes.calls).toEqual([['sudo', '-n', 'true']]);
  });

  it('is by sudo also where nobody is, when it does not ask', async () => {
    const options = { ...(await given({ asks: false })), isInteractive: false };
    expect(await findElevation(options)).toEqual({ by: 'sudo' });
  });

  it('is not possible without sudo, or without anybody to ask', async () => {
    expect(await findElevation(await given({ sudo: false }))).toEqual({
      by: 'nobody',
      reason: 'there is no sudo on PATH',
    });
    expect(await findElevation({ ...(await given()), isInteractive: false })).toEqual({
      by: 'nobody',
      reason: 'sudo asks for a password, and this is not an interactive terminal',
    });
  });

  it.each([
    ['nothing', ['rm', '-f', '/x'], undefined],
    ['sudo', ['sudo', '-n', 'rm', '-f', '/x'], false],
    ['sudo-asking', ['sudo', 'rm', '-f', '/x'], true],
  ] as const)('by %s has the terminal only to ask', async (by, words, foreground) => {
    const options: RunOptions[] = [];
    const processes = fakeProcesses(() => undefined);
    const run: typeof processes.run = (command, args, given = {}) => {
      options.push(given);
      return processes.run(command, args);
    };
    await runElevated({ command: 'rm', args: ['-f', '/x'] }, { by }, { run }, signal);
    expect(processes.calls).toEqual([words]);
    expect((options[0] as { foreground?: boolean }).foreground).toBe(foreground);
  });

  // As sudo 1.9 says it.
  it.each([
    ['sudo: a terminal is required to read the password; either use the -S option to read from standard input', true],
    ['sudo: no tty present and no askpass program specified', true],
    ['sudo: a password is required', true],
    ['sudo: 3 incorrect password attempts', false],
    ['rm: cannot remove', false],
  ])('is known to have failed for want of a terminal: %s', (output, isSo) => {
    expect(couldNotAsk(new PlatformError('tool', 'sudo failed with exit code 1', { output }))).toBe(isSo);
  });

  it('says what is left in commands that can be pasted', () => {
    const error = notElevated([{ command: 'rm', args: ['-f', '/a b'] }], 'there is no sudo on PATH');
    expect(error).toMatchObject({
      code: 'prerequisite',
      output: "rm -f '/a b'",
      facts: { commands: ["rm -f '/a b'"] },
    });
    expect(error.message).toBe('only an administrator can change the rest: there is no sudo on PATH');
  });
});
