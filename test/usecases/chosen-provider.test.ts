import { describe, expect, it } from 'vitest';
import { writeRecord, type EnvironmentRecord } from '../../src/environment/record.js';
import { pathsFrom } from '../../src/paths.js';
import { createInterruption } from '../../src/plan/interruption.js';
import { chosenProvider } from '../../src/usecases/chosen-provider.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { answering, recorded } from '../containers/recorded.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const docker = async () => ({ stdout: await recorded('info.json') });
const nobody = { docker: 'absent', podman: 'absent' } as const;

/** A machine with these container engines, on which the environment was begun or not. */
async function given(engines: Parameters<typeof answering>[0], begunWith?: EnvironmentRecord['provider']) {
  const paths = pathsFrom({}, await temporaryFolder());
  const { processes, lines } = answering(engines);
  const record = begunWith && {
    ...{ name: 'shop', target: 'local' as const, provider: begunWith, createdAt: '2026-01-01T00:00:00.000Z' },
  };
  if (record) await writeRecord(paths, record);
  const environment = withoutFile('shop');
  const choose = (provider: typeof environment.local.provider = 'auto') =>
    chosenProvider(
      { ...environment, local: { ...environment.local, provider } },
      { paths, processes, interruption: createInterruption() },
    );
  return { choose, lines, record };
}

describe('what makes the cluster of an environment', () => {
  it('is kind where a container engine answers', async () => {
    const { choose } = await given({ ...nobody, 'docker info': docker });
    expect(await choose()).toEqual({ choice: { name: 'kind', reason: 'docker answers' }, begun: undefined });
  });

  it('is the embedded control plane where none is there, or none answers', async () => {
    const { choose } = await given(nobody);
    expect((await choose()).choice).toEqual({ name: 'embedded', reason: 'there is no container engine here' });
    const silent = { stdout: await recorded('info-silent.json'), stderr: 'is it running?\n', exitCode: 1 };
    const machine = await given({ ...nobody, 'docker info': silent });
    expect((await machine.choose()).choice).toMatchObject({
      name: 'embedded',
      reason: expect.stringMatching(/^no container engine answers: ./) as string,
    });
  });

  it('is what it was begun with, and then no engine is asked', async () => {
    const { choose, lines, record } = await given({ ...nobody, 'docker info': docker }, 'embedded');
    expect(await choose()).toEqual({
      choice: { name: 'embedded', reason: 'the environment was begun with it' },
      begun: record,
    });
    expect(lines()).toEqual([]);
  });

  it('is what somebody asks for, who is told what it was begun with', async () => {
    const { choose, lines, record } = await given(nobody, 'embedded');
    expect(await choose('kind')).toEqual({ choice: { name: 'kind', reason: 'asked for' }, begun: record });
    expect(lines()).toEqual([]);
  });
});
