import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intents } from '../../assets/apps/src/reaper/intent.js';
import { systemClock } from '../../src/clock.js';
import { programsBeside } from '../../src/clusters/embedded/programs-beside.js';
import { connect } from '../../src/kubernetes/client.js';
import { systemProcesses } from '../../src/process.js';
import type { PowerResult } from '../../src/usecases/power.js';
import type { UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from './sandbox.js';

const file = `apiVersion: platform/v1alpha1
kind: Environment
name: reap
releases:
  cert-manager: {}
  kube-prometheus-stack: {}
  reaper: {}
`;
const soon = { timeout: 60_000, interval: 100 };

describe('the reaper beside a rehearsal', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox();
    await writeFile(join(sandbox.work, 'platform.yaml'), file);
  });
  afterAll(() => sandbox.dispose());

  const up = () => sandbox.platform.json<UpResult>(['up', '--local', '--provider', 'embedded']);
  const step = ({ result }: { readonly result: UpResult | PowerResult }, id: string) =>
    result.summary.steps.find((one) => one.id === id);
  const pid = async () => {
    const folder = join(sandbox.paths.state, 'reap', 'embedded', 'clusters', 'platform');
    const host = programsBeside(folder, { processes: systemProcesses(), clock: systemClock });
    return (await host.running()).get('reaper')?.pid;
  };

  it('runs there and not in a pod, shows in the cluster that it lives, and is left alone by the next up', async () => {
    const first = await up();
    expect(first.error).toBeUndefined();
    expect(step(first, 'reaper')).toMatchObject({ outcome: 'done' });
    expect(step(first, 'release/reaper')).toMatchObject({
      reason: 'host-run: the reaper runs beside the control plane',
    });
    const before = await pid();
    expect(before).toBeGreaterThan(0);

    const client = await connect(join(sandbox.paths.state, 'reap', 'kubeconfig'), 'platform-reap');
    const lease = `/apis/coordination.k8s.io/v1/namespaces/${intents.namespace}/leases/${intents.reaper}`;
    await expect.poll(() => client.get(lease), soon).toBeDefined();
    client.close();

    expect(step(await up(), 'reaper')).toMatchObject({ outcome: 'unchanged' });
    expect(await pid()).toBe(before);
    expect((await sandbox.platform(['logs', '--component', 'reaper'])).stdout).toContain('ready to listen');
  });

  it('ends with the control plane, comes back with it, and leaves nothing', async () => {
    expect((await sandbox.platform(['stop'])).exitCode).toBe(0);
    expect(await pid()).toBeUndefined();

    expect(step(await sandbox.platform.json<PowerResult>(['start']), 'reaper')).toMatchObject({ outcome: 'done' });
    const again = await pid();
    expect(again).toBeGreaterThan(0);

    process.kill(Number(again), 'SIGKILL');
    await expect.poll(pid, soon).toBeUndefined();
    expect(step(await up(), 'reaper')).toMatchObject({ outcome: 'done' });

    const { exitCode, stderr } = await sandbox.platform(['destroy', '--confirm', 'reap']);
    expect(exitCode, stderr).toBe(0);
    expect(await pid()).toBeUndefined();
  });
});
