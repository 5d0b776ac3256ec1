import { describe, expect, it } from 'vitest';
import { engineOf, findEngine } from '../../src/containers/find-engine.js';
import type { Processes } from '../../src/process.js';
import { answering, failureOf, recorded } from './recorded.js';

const running = async () => ({ stdout: await recorded('info.json') });
const silent = async () => ({
  stdout: await recorded('info-silent.json'),
  stderr: await recorded('no-daemon.txt'),
  exitCode: 1,
});
const podman = async () => ({ stdout: await recorded('info.json', 'podman') });

describe('looking for a container engine', () => {
  it('is over when Docker answers', async () => {
    const { processes, lines } = answering({ 'docker info': running, 'podman info': podman });
    expect(await findEngine(processes)).toMatchObject({ status: 'running', name: 'docker' });
    expect(lines()).toEqual(['docker info --format {{json .}}']);
  });

  it.each([
    ['absent', () => Promise.resolve('absent' as const)],
    ['silent', silent],
  ])('takes Podman where Docker is %s', async (_, docker) => {
    const { processes } = answering({ 'docker info': docker, 'podman info': podman });
    expect(await findEngine(processes)).toMatchObject({ status: 'running', name: 'podman' });
  });

  it('says what Docker said where Podman does not answer either', async () => {
    const { processes } = answering({ 'docker info': silent, 'podman info': 'absent' });
    const reason = (await recorded('no-daemon.txt')).trim();
    expect(await findEngine(processes)).toEqual({ status: 'silent', name: 'docker', reason });
  });

  it('finds none where there is neither', async () => {
    const { processes } = answering({ docker: 'absent', podman: 'absent' });
    expect(await findEngine(processes)).toEqual({ status: 'absent' });
  });

  it('gives up when it is told to', async () => {
    const processes: Processes = { run: () => new Promise(() => undefined) };
    const stop = new AbortController();
    const looking = findEngine(processes, stop.signal);
    stop.abort(new Error('enough'));
    await expect(looking).rejects.toThrow('enough');
  });

  it('does not wait for ever for an engine that hangs', async () => {
    const { processes } = answering({
      'docker info': () => new Promise(() => undefined),
      'podman info': podman,
    });
    const patience = { docker: 20, podman: 20_000 };
    expect(await findEngine(processes, undefined, patience)).toMatchObject({ name: 'podman' });
  });
});

describe('the engine of this machine', () => {
  it('is looked for once, when it is first needed', async () => {
    const { processes, lines } = answering({ 'docker info': running });
    const engine = engineOf(processes);
    expect(lines()).toEqual([]);
    const [one, other] = await Promise.all([engine(), engine()]);
    expect(one).toBe(other);
    expect(one.name).toBe('docker');
    expect(lines()).toHaveLength(1);
  });

  it('is a missing prerequisite where there is none, with what to do', async () => {
    const { processes } = answering({ docker: 'absent', podman: 'absent' });
    const error = await failureOf(engineOf(processes)());
    expect(error).toMatchObject({
      code: 'prerequisite',
      message: 'there is no container engine: neither docker nor podman is on PATH',
    });
    expect(error.suggestions[0]).toContain('install Docker');
  });

  it('is to be started where only its client is there', async () => {
    const { processes } = answering({ docker: silent, podman: 'absent' });
    const error = await failureOf(engineOf(processes)());
    expect(error.code).toBe('prerequisite');
    expect(error.message).toMatch(/^docker does not answer: Cannot connect to the Docker daemon/);
    expect(error.suggestions[0]).toMatch(/^start Docker/);
  });

  it('is not for a user without rights to its socket', async () => {
    const stderr = await recorded('permission.txt');
    const { processes } = answering({ docker: { stderr, exitCode: 1 }, podman: 'absent' });
    const error = await failureOf(engineOf(processes)());
    expect(error).toMatchObject({ code: 'prerequisite' });
    expect(error.suggestions[0]).toContain('usermod -aG docker');
  });
});
