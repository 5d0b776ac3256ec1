import { describe, expect, it } from 'vitest';
import {
  containerEngine,
  findContainerEngine,
  readDockerInfo,
  type ContainerEngine,
} from '../../src/doctor/container-engine.js';
import { PlatformError } from '../../src/errors.js';
import type { Processes } from '../../src/process.js';
import { examined } from './examined.js';

// docker 28.2.2 without a daemon, recorded and shortened.
const silentInfo =
  '{"ID":"","Containers":0,"OperatingSystem":"","NCPU":0,"MemTotal":0,"ServerVersion":"","ClientInfo":{"Version":"28.2.2"}}\n';
const silentWords =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n';
const info = (more: object = {}) =>
  JSON.stringify({ ServerVersion: '28.2.2', CgroupVersion: '2', MemTotal: 8e9, OperatingSystem: 'Debian', ...more });

const running: ContainerEngine = {
  status: 'running',
  version: '28.2.2',
  system: 'Debian',
  cgroup: '2',
  memoryBytes: 8e9,
};

describe('the answer of docker info', () => {
  it('is a running engine', () => {
    expect(readDockerInfo(info(), '')).toEqual(running);
  });

  it('is a silent engine, in its own words, when only the client is there', () => {
    expect(readDockerInfo(silentInfo, silentWords)).toEqual({ status: 'silent', reason: silentWords.trim() });
  });

  it('is a silent engine when the document names the error', () => {
    const document = JSON.stringify({ ServerErrors: ['permission denied'] });
    expect(readDockerInfo(document, '')).toEqual({ status: 'silent', reason: 'permission denied' });
  });

  it.each(['', 'not JSON', '[]'])('is a silent engine for %j', (text) => {
    expect(readDockerInfo(text, '')).toMatchObject({ status: 'silent' });
  });
});

describe('looking for an engine', () => {
  const signal = new AbortController().signal;

  it('asks docker, whatever it exits with', async () => {
    const calls: unknown[] = [];
    const processes: Processes = {
      run: (command, args, options) => {
        calls.push([command, ...args, options?.allowFailure]);
        return Promise.resolve({ stdout: info(), stderr: '', exitCode: 1 });
      },
    };
    expect(await findContainerEngine(processes, signal)).toEqual(running);
    expect(calls).toEqual([['docker', 'info', '--format', '{{json .}}', true]]);
  });

  it('finds none when docker cannot be started', async () => {
    const processes: Processes = {
      run: () => Promise.reject(new PlatformError('prerequisite', 'docker could not be started')),
    };
    expect(await findContainerEngine(processes, signal)).toEqual({ status: 'absent' });
  });
});

describe('what is said of the container engine', () => {
  const find = (need: 'yes' | 'perhaps' | 'no', engine: ContainerEngine) =>
    examined(containerEngine(need, () => Promise.resolve(engine)));

  it('is its version and memory', async () => {
    expect(await find('yes', running)).toEqual({ status: 'ok', detail: 'docker 28.2.2 on Debian, 7.5 GiB of memory' });
  });

  it('is a warning when it has too little memory', async () => {
    expect((await find('yes', { ...running, memoryBytes: 2e9 })).status).toBe('warning');
    expect((await find('no', { ...running, memoryBytes: 2e9 })).status).toBe('ok');
  });

  it.each([
    ['yes', 'blocking', 'the provider needs it'],
    ['perhaps', 'warning', 'the embedded provider will be used'],
    ['no', 'ok', 'the embedded provider needs none'],
  ] as const)('when absent and needed: %s, is %s', async (need, status, words) => {
    expect(await find(need, { status: 'absent' })).toMatchObject({
      status,
      detail: expect.stringMatching(`no docker on PATH.*${words}`) as string,
    });
  });

  it('repeats what docker said when it does not answer', async () => {
    const finding = await find('yes', { status: 'silent', reason: 'permission denied' });
    expect(finding).toMatchObject({
      status: 'blocking',
      detail: expect.stringContaining('permission denied') as string,
    });
    expect(finding.fix?.[0]).toBe('start Docker');
  });
});
