import { describe, expect, it } from 'vitest';
import { readEngineInfo } from '../../src/containers/read-engine-info.js';
import { recorded } from './recorded.js';

describe('what an engine says of itself', () => {
  it('is all that others want to know', async () => {
    expect(readEngineInfo(await recorded('info.json'), '')).toEqual({
      status: 'running',
      name: 'docker',
      version: '20.10.24+dfsg1',
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-41-amd64',
      cgroup: '1',
      memoryBytes: 8_245_772_288,
      cpus: 2,
      isRootless: false,
      security: ['name=seccomp,profile=default'],
      root: '/var/lib/docker',
    });
  });

  it('tells that it runs without root', () => {
    const info = { ServerVersion: '28.0.0', SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] };
    expect(readEngineInfo(JSON.stringify(info), '')).toMatchObject({ isRootless: true });
  });

  it('is Podman where it answers like it, whatever program was called', async () => {
    expect(readEngineInfo(await recorded('info.json', 'podman'), '')).toEqual({
      status: 'running',
      name: 'podman',
      version: '4.3.1',
      system: 'debian 12',
      kernel: '6.1.0-41-amd64',
      cgroup: '1',
      memoryBytes: 8_245_772_288,
      cpus: 2,
      isRootless: false,
      security: ['name=seccomp'],
      root: '/var/lib/containers/storage',
    });
  });

  it('tells that Podman runs without root', () => {
    const info = { host: { security: { rootless: true } }, version: { Version: '5.1.1' } };
    expect(readEngineInfo(JSON.stringify(info), '')).toMatchObject({ name: 'podman', isRootless: true, security: [] });
  });

  it('is the reason, in its own words, when only the client is there', async () => {
    const [document, words] = [await recorded('info-silent.json'), await recorded('no-daemon.txt')];
    expect(readEngineInfo(document, words)).toEqual({ reason: words.trim() });
  });

  it('is the reason when the document names the error', () => {
    expect(readEngineInfo(JSON.stringify({ ServerErrors: ['permission denied'] }), '')).toEqual({
      reason: 'permission denied',
    });
  });

  it.each(['', 'not JSON', '[]'])('is silence for %j', (text) => {
    expect(readEngineInfo(text, '')).toEqual({ reason: 'it says nothing' });
  });
});
