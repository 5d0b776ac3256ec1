import { describe, expect, it } from 'vitest';
import type { EngineState } from '../../src/containers/find-engine.js';
import { containerEngine } from '../../src/doctor/container-engine.js';
import { docker } from './engine-given.js';
import { examined } from './examined.js';

describe('what is said of the container engine', () => {
  const find = (need: 'yes' | 'perhaps' | 'no', engine: EngineState) =>
    examined(containerEngine(need, () => Promise.resolve(engine)));

  it('is its version and what it has', async () => {
    expect(await find('yes', docker)).toEqual({
      status: 'ok',
      detail: 'docker 28.2.2 on Debian, 4 processors, 7.5 GiB of memory',
    });
    const podman = { ...docker, name: 'podman', isRootless: true, cpus: 1, system: '' } as const;
    expect((await find('no', podman)).detail).toBe('podman 28.2.2 without root, 1 processor, 7.5 GiB of memory');
  });

  it('is a warning when it has too little, with what it needs', async () => {
    const little = await find('yes', { ...docker, memoryBytes: 2e9 });
    expect(little).toMatchObject({ status: 'warning', fix: [expect.stringContaining('give docker more')] });
    expect(little.detail).toMatch(/needs about 4\.0 GiB$/);
    expect((await find('yes', { ...docker, memoryBytes: 2e9, cpus: 1 })).detail).toMatch(/4\.0 GiB and 2 processors$/);
    expect((await find('no', { ...docker, memoryBytes: 2e9, cpus: 1 })).status).toBe('ok');
  });

  it.each([
    ['yes', 'blocking', 'the provider needs it'],
    ['perhaps', 'warning', 'the embedded provider will be used'],
    ['no', 'ok', 'the embedded provider needs none'],
  ] as const)('when absent and needed: %s, is %s', async (need, status, words) => {
    const finding = await find(need, { status: 'absent' });
    expect(finding.status).toBe(status);
    expect(finding.detail).toMatch(new RegExp(`neither docker nor podman is on PATH; ${words}`));
  });

  it('says how to do without only where that is a choice', async () => {
    expect((await find('yes', { status: 'absent' })).fix).toEqual([
      'install Docker (https://docs.docker.com/engine/install)',
      'or set local.provider: embedded',
    ]);
    expect((await find('perhaps', { status: 'absent' })).fix).toHaveLength(1);
  });

  it('repeats what the engine said when it does not answer', async () => {
    const finding = await find('yes', { status: 'silent', name: 'docker', reason: 'it says nothing for 4.0s' });
    expect(finding.status).toBe('blocking');
    expect(finding.detail).toBe('docker does not answer: it says nothing for 4.0s; the provider needs it');
    expect(finding.fix?.[0]).toMatch(/^start Docker/);
  });
});
