import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroup, type CgroupOptions } from '../../src/doctor/cgroup.js';
import type { ContainerEngine } from '../../src/doctor/container-engine.js';
import { examined } from './examined.js';

let mount = '';
beforeEach(async () => {
  mount = await mkdtemp(join(tmpdir(), 'platform-cgroup-'));
});
afterEach(() => rm(mount, { recursive: true, force: true }));

function find(options: Partial<CgroupOptions> & { readonly engineHas?: string } = {}) {
  const { engineHas } = options;
  const engine: ContainerEngine =
    engineHas === undefined
      ? { status: 'absent' }
      : { status: 'running', version: '28', system: '', cgroup: engineHas, memoryBytes: 8e9 };
  return examined(cgroup({ need: 'yes', local: undefined, engine: () => Promise.resolve(engine), mount, ...options }));
}

describe('the cgroup version', () => {
  it('is that of the engine, which may run in a virtual machine', async () => {
    await writeFile(join(mount, 'cgroup.controllers'), '');
    expect((await find({ engineHas: '1' })).detail).toMatch(/^v1/);
    expect(await find({ engineHas: '2' })).toEqual({ status: 'ok', detail: 'v2' });
  });

  it('is that of this machine when no engine answers', async () => {
    expect((await find()).detail).toMatch(/^v1/);
    await writeFile(join(mount, 'cgroup.controllers'), '');
    expect(await find()).toEqual({ status: 'ok', detail: 'v2' });
  });

  it.each([
    ['1.36', 'blocking'],
    ['1.35', 'blocking'],
    ['1.34', 'warning'],
  ])('1 on kind with Kubernetes %s is %s', async (kubernetes, status) => {
    expect((await find({ local: { provider: 'kind', kubernetes } })).status).toBe(status);
  });

  it('1 is a warning where minikube sees to it', async () => {
    expect((await find({ local: { provider: 'minikube', kubernetes: '1.36' } })).status).toBe('warning');
  });

  it('does not matter to the embedded provider', async () => {
    expect((await find({ need: 'no' })).status).toBe('ok');
  });

  it('does not matter where there are no cgroups', async () => {
    expect((await find({ mount: join(mount, 'nowhere') })).status).toBe('ok');
  });
});
