import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { readRecord, writeRecord, type EnvironmentRecord } from '../../src/environment/record.js';
import { mergeContext } from '../../src/kubernetes/kubeconfig.js';
import { pathsFrom } from '../../src/paths.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { destroy } from '../../src/usecases/destroy.js';
import { answering, recorded } from '../containers/recorded.js';
import { errorOf } from '../environment/fixture.js';
import { temporaryFolder } from '../toolchain/fixture.js';
import { recordingPorts } from './images-given.js';

/** A machine with an environment that was begun, and container engines of which it can be told. */
async function given(more: Partial<EnvironmentRecord> = {}, engines: Parameters<typeof answering>[0] = {}) {
  const paths = pathsFrom({}, await temporaryFolder());
  const { processes, lines } = answering({ docker: 'absent', podman: 'absent', ...engines });
  const ports = {
    ...recordingPorts(),
    ...{ paths, processes, clock: systemClock, variables: {}, interruption: createInterruption() },
  };
  const record: EnvironmentRecord = {
    ...{ name: 'platform-test', target: 'local', provider: 'embedded', createdAt: '2026-01-01T00:00:00.000Z' },
    ...more,
  };
  await writeRecord(paths, record);
  await mergeContext(paths.kubeconfig, 'platform-platform-test', {
    cluster: { server: 'https://127.0.0.1:1' },
    user: { token: 'secret' },
  });
  const ca = join(paths.data, 'ca');
  await mkdir(ca, { recursive: true });
  await writeFile(join(ca, 'ca.pem'), 'a certificate');
  const state = join(paths.state, record.name);
  return {
    ...{ paths, ports, lines, ca, state },
    destroy: (options = { purge: false }) => destroy({ name: record.name, record }, options, ports),
  };
}

describe('destroying an environment whose cluster is gone', () => {
  it('removes the rest of it, and keeps what others share', async () => {
    const { destroy, paths, ca, state, lines } = await given();
    const result = await destroy();
    expect(result).toMatchObject({
      environment: 'platform-test',
      existed: true,
      removed: [`context platform-platform-test in ${paths.kubeconfig}`, `folder ${state}`],
      left: [],
      kept: [`certificate authority ${ca}`],
    });
    expect(existsSync(state)).toBe(false);
    expect(lines().filter((line) => /^(docker|podman)/.test(line))).toEqual([]);
  });

  it('has nothing to take out of a hosts file without its block, and no registry to detach without machines', async () => {
    const { summary } = await (await given()).destroy();
    expect(summary?.steps.map(({ id, outcome }) => `${id} ${outcome}`).sort()).toEqual([
      'cluster/embedded unchanged',
      'hosts unchanged',
      'kubeconfig done',
    ]);
  });

  it('removes what others would share, too, where that is asked for and nobody is left', async () => {
    const { destroy, ca } = await given();
    const { removed, kept } = await destroy({ purge: true });
    expect(removed).toContain(`certificate authority ${ca}`);
    expect(kept).toEqual([]);
    expect(existsSync(ca)).toBe(false);
  });

  it('keeps what others share where there are others, even when it is to be purged', async () => {
    const { destroy, paths, ca } = await given();
    await writeRecord(paths, {
      ...{ name: 'other', target: 'local', provider: 'embedded', createdAt: '2026-01-01T00:00:00.000Z' },
    });
    const { removed, kept, summary } = await destroy({ purge: true });
    expect(removed.join()).not.toContain('authority');
    expect(kept).toEqual([`certificate authority ${ca}`]);
    expect(summary?.steps.find(({ id }) => id === 'authority')).toMatchObject({ outcome: 'omitted' });
    expect(await readRecord(paths, 'other')).toBeDefined();
  });

  it('does nothing where there is none', async () => {
    const { ports } = await given();
    expect(await destroy({ name: 'unknown', record: undefined }, { purge: true }, ports)).toEqual({
      ...{ environment: 'unknown', existed: false, removed: [], left: [], kept: [] },
    });
  });

  it('is refused while its file protects it', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'platform.yaml');
    const header = 'apiVersion: platform/v1alpha1\nkind: Environment\nname: platform-test\n';
    await writeFile(file, `${header}protect: true\n`);
    const { destroy, state } = await given({ file });
    expect(await errorOf(destroy())).toMatchObject({ code: 'conflict', message: 'platform-test is protected' });
    expect(existsSync(state)).toBe(true);
  });
});

describe('destroying an environment on kind', () => {
  it('takes the registry off the network of its nodes before those go', async () => {
    const engines = { 'docker info': async () => ({ stdout: await recorded('info.json') }), docker: {} };
    const { destroy, ports } = await given({ provider: 'kind' }, engines);
    const { left } = await destroy();
    const [started] = ports.heard.filter((event) => event.type === 'run-started');
    expect(started?.steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['registry/kind', []],
      ['hosts', []],
      ['cluster/kind', ['registry/kind']],
      ['kubeconfig', ['cluster/kind']],
    ]);
    expect(left).toEqual([]);
  });
});
