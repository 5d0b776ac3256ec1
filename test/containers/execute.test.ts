import { describe, expect, it } from 'vitest';
import { commandEngine } from '../../src/containers/command-engine.js';
import { answering, failureOf, recorded } from './recorded.js';

function given(answers: Parameters<typeof answering>[0] = {}) {
  const { processes, calls, lines } = answering(answers);
  return { engine: commandEngine('docker', processes), calls, lines };
}

describe('a program in a container', () => {
  it('answers with what it says', async () => {
    const { engine, lines } = given({ 'docker exec': { stdout: 'hello\n' } });
    expect(await engine.execute('web', ['echo', 'hello'])).toMatchObject({ stdout: 'hello\n', exitCode: 0 });
    expect(lines()).toEqual(['docker exec web echo hello']);
  });

  it('reads what it is given', async () => {
    const { engine, calls } = given();
    await engine.execute('web', ['tee', '/x'], { stdin: 'text' });
    expect(calls[0]?.argv).toEqual(['docker', 'exec', '--interactive', 'web', 'tee', '/x']);
    expect(calls[0]?.options.stdin).toBe('text');
  });

  it('fails under its own name, whatever it says', async () => {
    const stderr = 'toomanyrequests: no space left on device: connection refused\n';
    const { engine } = given({ 'docker exec': { stderr, exitCode: 7 } });
    const error = await failureOf(engine.execute('web', ['crictl', 'pull', 'x']));
    expect(error).toMatchObject({
      code: 'tool',
      message: 'crictl failed with exit code 7 in the container web',
      output: stderr.trim(),
      command: 'docker exec web crictl pull x',
      facts: { exitCode: 7, container: 'web' },
    });
  });

  it('says that the container has no such program', async () => {
    const { engine } = given({
      'docker exec': async () => ({ stdout: await recorded('exec-missing.txt'), exitCode: 126 }),
    });
    expect((await failureOf(engine.execute('web', ['nope']))).message).toMatch(
      /^docker could not run nope in the container web: OCI runtime exec failed/,
    );
  });

  it.each([
    ['not-running', 'tool', 'docker could not run nope in the container web: Container 6c5d'],
    ['no-daemon', 'prerequisite', 'docker does not answer'],
  ])('is the failure of the engine where it cannot be run: %s', async (fixture, code, message) => {
    const { engine } = given({
      'docker exec': async () => ({ stderr: await recorded(`${fixture}.txt`), exitCode: 1 }),
    });
    const error = await failureOf(engine.execute('web', ['nope']));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it.each(['exec-missing', 'not-running', 'no-such-container'])('is the failure of Podman: %s', async (fixture) => {
    const stderr = await recorded(`${fixture}.txt`, 'podman');
    const { processes } = answering({ 'podman exec': { stderr, exitCode: 127 } });
    const error = await failureOf(commandEngine('podman', processes).execute('web', ['nope']));
    expect(error.message).toMatch(/^podman could not run nope in the container web: /);
  });
});
