import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostReaperSteps, type HostReaperOptions } from '../../../src/chaos/reaper/host-step.js';
import { systemClock } from '../../../src/clock.js';
import { endProcessesFrom } from '../../../src/clusters/embedded/host-processes.js';
import { programsBeside } from '../../../src/clusters/embedded/programs-beside.js';
import type { Step } from '../../../src/plan/step.js';
import { systemProcesses } from '../../../src/process.js';
import { fakeProvider } from '../../clusters/fake-provider.js';
import { release } from '../../releases/release.js';
import { afterwards, contextFor, temporaryFolder } from '../../toolchain/fixture.js';

/** Answers as the reaper does, and says what it was started with. */
const program = `
  const { HOST, PORT, KUBECONFIG } = process.env;
  console.log(KUBECONFIG);
  require('node:http').createServer((request, response) => {
    response.writeHead(request.url.startsWith('/health/') ? 200 : 404).end();
  }).listen(Number(PORT), HOST);
`;

async function given() {
  const root = await temporaryFolder();
  const folder = join(root, 'platform');
  await mkdir(folder);
  const ports = { processes: systemProcesses(), clock: systemClock };
  const host = programsBeside(folder, ports);
  const { signal } = new AbortController();
  afterwards(() => endProcessesFrom(folder, ports.processes, systemClock, signal));
  const path = join(root, 'reaper.cjs');
  await writeFile(path, program);
  const options: HostReaperOptions = {
    provider: fakeProvider({ host, kubeconfig: join(root, 'kubeconfig') }),
    clock: systemClock,
    releases: [release('reaper')],
    others: ['record', 'release/auth'],
    program: path,
  };
  const pid = async () => (await host.running()).get('reaper')?.pid;
  return { root, folder, host, options, pid, signal };
}

function only(options: HostReaperOptions): Step {
  const [step] = hostReaperSteps(options);
  if (!step) throw new Error('there is no step');
  return step;
}

describe('the step of the reaper', () => {
  it('is there only where programs run beside the cluster and the environment has a reaper', async () => {
    const { options } = await given();
    expect(hostReaperSteps({ ...options, releases: [release('auth')] })).toEqual([]);
    expect(hostReaperSteps({ ...options, provider: fakeProvider() })).toEqual([]);
    expect(only(options).needs).toEqual(['cluster', 'record']);
  });

  it('starts it for its cluster, once, on ports that it keeps', async () => {
    const { root, folder, options, pid, host } = await given();
    const step = only(options);
    expect(await step.check(contextFor())).toEqual({ status: 'needed', reason: 'new' });

    const url = await step.apply(contextFor());

    expect((await fetch(`${String(url)}health/ready`)).status).toBe(200);
    expect(await readFile(join(folder, 'logs', 'reaper.log'), 'utf8')).toBe(`${join(root, 'kubeconfig')}\n`);
    expect(await step.check(contextFor())).toEqual({ status: 'satisfied', detail: url });
    const before = await pid();
    expect(await step.apply(contextFor())).toBe(url);
    expect(await pid()).toBe(before);

    await host.end('reaper', new AbortController().signal);
    expect(await step.check(contextFor())).toEqual({ status: 'needed', reason: 'reaper does not run' });
    expect(await step.apply(contextFor())).toBe(url);
  });

  it('starts it anew where it runs and does not answer', async () => {
    const { options, pid } = await given();
    const step = only(options);
    await step.apply(contextFor());
    const stuck = Number(await pid());
    process.kill(stuck, 'SIGSTOP');

    expect(await step.check(contextFor())).toEqual({ status: 'needed', reason: 'it does not answer' });
    await step.apply(contextFor());

    expect(await pid()).not.toBe(stuck);
    expect(await step.check(contextFor())).toMatchObject({ status: 'satisfied' });
  });

  it.each([
    ['is somewhere else', 'moved.cjs', program],
    ['was built anew', 'reaper.cjs', `${program}\n// anew`],
  ])('starts it anew where its program %s', async (_, file, text) => {
    const { root, options, pid } = await given();
    await only(options).apply(contextFor());
    const before = await pid();
    await writeFile(join(root, file), text);
    const step = only({ ...options, program: join(root, file) });
    expect(await step.check(contextFor())).toEqual({
      status: 'needed',
      reason: 'reaper runs another build, or with other options',
    });
    await step.apply(contextFor());
    expect(await pid()).not.toBe(before);
  });

  it('starts it anew where it is told something else', async () => {
    const { root, options, pid } = await given();
    await only(options).apply(contextFor());
    const before = await pid();
    const step = only({ ...options, provider: { ...options.provider, kubeconfig: join(root, 'other') } });
    expect(await step.check(contextFor())).toEqual({
      status: 'needed',
      reason: 'reaper runs another build, or with other options',
    });
    await step.apply(contextFor());
    expect(await pid()).not.toBe(before);
  });

  it('is refused with what to do where it was not built', async () => {
    const { options } = await given();
    await expect(only({ ...options, program: '/nowhere/reaper.cjs' }).apply(contextFor())).rejects.toMatchObject({
      code: 'prerequisite',
      message: 'the reaper is not built: there is no /nowhere/reaper.cjs',
    });
  });

  it('is left out where only what was begun is wanted', async () => {
    const { options } = await given();
    expect(await only({ ...options, isBegunOnly: true }).check(contextFor())).toMatchObject({ status: 'omitted' });
  });
});
