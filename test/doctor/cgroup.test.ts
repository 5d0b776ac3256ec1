import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cgroup, type CgroupOptions } from '../../src/doctor/cgroup.js';
import { engineWith, noEngine } from './engine-given.js';
import { examined } from './examined.js';

let mount = '';
beforeEach(async () => {
  mount = await mkdtemp(join(tmpdir(), 'platform-cgroup-'));
});
afterEach(() => rm(mount, { recursive: true, force: true }));

const v1 = engineWith({ cgroup: '1' });

function find(options: Partial<CgroupOptions> = {}) {
  return examined(cgroup({ need: 'yes', provider: 'kind', local: undefined, engine: noEngine, mount, ...options }));
}

describe('the cgroup version', () => {
  it('is that of the engine, which may run in a virtual machine', async () => {
    await writeFile(join(mount, 'cgroup.controllers'), '');
    expect((await find({ engine: v1 })).detail).toMatch(/^v1/);
    expect(await find({ engine: engineWith({ cgroup: '2' }) })).toEqual({ status: 'ok', detail: 'v2' });
  });

  it('is that of this machine when no engine answers', async () => {
    expect((await find()).detail).toMatch(/^v1/);
    await writeFile(join(mount, 'cgroup.controllers'), '');
    expect(await find()).toEqual({ status: 'ok', detail: 'v2' });
  });

  it.each(['kind', 'auto'] as const)('1 blocks the public node images on %s', async (provider) => {
    const finding = await find({ provider, engine: v1 });
    expect(finding.status).toBe('blocking');
    expect(finding.detail).toContain('the public kind image do not start');
    expect(finding.fix).toHaveLength(2);
  });

  it('1 is a warning with a node image of your own, which says what is done about it', async () => {
    const finding = await find({ engine: v1, local: { nodeImage: 'acme/node:1' } });
    expect(finding.status).toBe('warning');
    expect(finding.detail).toMatch(/^v1: the kubelet is told to start on it; the node image acme\/node:1 must have/);
  });

  it('1 blocks kind where the engine runs without root', async () => {
    const engine = engineWith({ cgroup: '1', isRootless: true });
    expect(await find({ engine, local: { nodeImage: 'acme/node:1' } })).toMatchObject({
      status: 'blocking',
      detail: expect.stringContaining('without root') as string,
    });
  });

  it('1 is a warning where minikube sees to it, and where nothing is decided yet', async () => {
    expect((await find({ provider: 'minikube', engine: v1 })).status).toBe('warning');
    expect((await find({ provider: 'auto', need: 'perhaps' })).status).toBe('warning');
  });

  it('does not matter to the embedded provider', async () => {
    expect((await find({ need: 'no', engine: v1 })).status).toBe('ok');
  });

  it('does not matter where there are no cgroups', async () => {
    expect((await find({ mount: join(mount, 'nowhere') })).status).toBe('ok');
  });
});
