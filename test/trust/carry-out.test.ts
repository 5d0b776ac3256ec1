import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { carryOutChanges, type TrustChange } from '../../src/trust/carry-out.js';
import { fakeProcesses } from './given.js';

const { signal } = new AbortController();

function change(where: string, isSystemWide: boolean): TrustChange {
  const commands = ['first', 'second'].map((command) => ({ command, args: [where] }));
  return { store: isSystemWide ? 'os' : 'nss', where, readers: 'some', isSystemWide, commands };
}

function refusing(words: string, output: string) {
  return fakeProcesses((command, args) => {
    if ([command, ...args].join(' ') === words)
      throw new PlatformError('tool', `${command} failed`, { output, command: words });
    return undefined;
  });
}

describe('carrying changes out', () => {
  it('does first what needs no administrator, each in its order', async () => {
    const processes = fakeProcesses(() => undefined);
    const changes = [change('/system', true), change('/own', false)];
    const { done, failures, left } = await carryOutChanges(changes, { by: 'sudo' }, processes, signal);
    expect(processes.calls.map((words) => words.join(' '))).toEqual([
      'first /own',
      'second /own',
      'sudo -n first /system',
      'sudo -n second /system',
    ]);
    expect(done.map(({ where }) => where)).toEqual(['/own', '/system']);
    expect([failures, left]).toEqual([[], undefined]);
  });

  it('leaves what only an administrator can do where nobody is', async () => {
    const processes = fakeProcesses(() => undefined);
    const changes = [change('/system', true), change('/own', false), change('/java', true)];
    const nobody = { by: 'nobody', reason: 'there is no sudo on PATH' } as const;
    const { done, left } = await carryOutChanges(changes, nobody, processes, signal);
    expect(processes.calls).toHaveLength(2);
    expect(done.map(({ where }) => where)).toEqual(['/own']);
    expect(left?.commands.map(({ command, args }) => `${command} ${String(args)}`)).toEqual([
      'first /system',
      'second /system',
      'first /java',
      'second /java',
    ]);
  });

  it('leaves the rest where sudo could not ask', async () => {
    const processes = refusing('sudo second /system', 'sudo: a terminal is required to read the password');
    const changes = [change('/system', true), change('/java', true)];
    const { done, failures, left } = await carryOutChanges(changes, { by: 'sudo-asking' }, processes, signal);
    expect([done, failures]).toEqual([[], []]);
    expect(left?.reason).toBe('sudo could not ask for a password here');
    expect(left?.commands.map(({ command, args }) => `${command} ${String(args)}`)).toEqual([
      'second /system',
      'first /java',
      'second /java',
    ]);
  });

  it('goes on with other places after a failure, and says what failed in whose words', async () => {
    const processes = refusing('first /profile', 'SEC_ERROR_BAD_PASSWORD');
    const changes = [change('/profile', false), change('/own', false)];
    const { done, failures } = await carryOutChanges(changes, { by: 'nothing' }, processes, signal);
    expect(processes.calls.map((words) => words.join(' '))).toEqual(['first /profile', 'first /own', 'second /own']);
    expect(done.map(({ where }) => where)).toEqual(['/own']);
    expect(failures).toMatchObject([
      {
        code: 'tool',
        message: '/profile could not be changed: first failed',
        output: 'SEC_ERROR_BAD_PASSWORD',
        command: 'first /profile',
      },
    ]);
  });

  it('ends when it is interrupted', async () => {
    const interruption = new AbortController();
    const processes = fakeProcesses(() => {
      interruption.abort();
      throw new PlatformError('interrupted', 'first was interrupted');
    });
    const changes = [change('/one', false), change('/two', false)];
    const work = carryOutChanges(changes, { by: 'nothing' }, processes, interruption.signal);
    await expect(work).rejects.toMatchObject({ code: 'interrupted' });
    expect(processes.calls).toHaveLength(1);
  });
});
