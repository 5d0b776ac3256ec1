import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { createEventHub } from '../../../src/plan/event-hub.js';
import { openJournal } from '../../../src/plan/journal.js';
import { awaitSurvivors } from '../../../src/plan/survivors.js';
import { startTimeOf } from '../../../src/process-identity.js';
import { observeReleases } from '../../../src/releases/helm/observed.js';
import { recoverPending } from '../../../src/releases/helm/recovery.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

const hook = `apiVersion: batch/v1
kind: Job
metadata: { name: "endless-{{ .Release.Name }}", annotations: { helm.sh/hook: pre-install } }
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: { never: there }
      containers: [{ name: main, image: registry.example/hook }]
`;

let plane: ControlPlane;
let client: ClusterClient;
let helmBinary = '';
beforeAll(async () => {
  plane = await controlPlane('rec');
  await plane.provider.create(stepContext());
  client = await plane.client();
  helmBinary = (await plane.toolchain.find('helm'))?.path ?? '';
  await mkdir(join(plane.sandbox.work, 'slow', 'templates'), { recursive: true });
  await writeFile(join(plane.sandbox.work, 'slow', 'Chart.yaml'), 'apiVersion: v2\nname: slow\nversion: 1.0.0\n');
  await writeFile(join(plane.sandbox.work, 'slow', 'templates', 'hook.yaml'), hook);
});
afterAll(() => plane.dispose());

async function observed(name: string) {
  const view = new ClusterView(() => Promise.resolve(client), systemClock);
  return (await observeReleases(view)).get(`default/${name}`);
}

/** A Helm that is in the middle of an install, and stays there. */
async function startHelm(name: string, labels = '') {
  const where = ['--kubeconfig', plane.provider.kubeconfig, '-n', 'default', '--timeout', '5m'];
  const args = ['upgrade', '--install', name, join(plane.sandbox.work, 'slow'), ...where];
  const child = spawn(helmBinary, [...args, ...(labels ? ['--labels', labels] : [])], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = once(child, 'exit');
  const release = await eventually(async () => {
    // Only then has Helm written down that it began with its hook.
    if (!(await client.get(`/apis/batch/v1/namespaces/default/jobs/endless-${name}`))) return undefined;
    const found = await observed(name);
    return found?.status === 'pending-install' ? found : undefined;
  });
  return { pid: child.pid ?? 0, release, ended, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

const recovery = (over: readonly string[]) => ({
  clock: systemClock,
  isOver: (run: string) => Promise.resolve(over.includes(run)),
  ensureOwned: () => Promise.resolve(),
});

describe('a Helm that outlived its killed run', () => {
  it('is named, interrupted and awaited, so that nothing is pending any longer', async () => {
    const { pid } = await startHelm('orphan');
    const state = join(plane.sandbox.folder, 'orphan-state');
    const journal = openJournal(state, 'killed');
    const command = `${helmBinary} upgrade --install orphan`;
    journal.record({ at: 1, type: 'process-started', pid, startedAt: startTimeOf(pid) ?? '', command });
    journal.close();
    const said: string[] = [];
    const events = createEventHub(systemClock);
    events.subscribe((event) => said.push(event.type === 'notice' ? event.message : ''));
    await awaitSurvivors(state, 'now', { clock: systemClock, events }, new AbortController().signal);
    expect(said).toEqual([expect.stringContaining(`(pid ${String(pid)}): ${command}; it is interrupted and awaited`)]);
    expect(startTimeOf(pid)).toBeUndefined();
    expect(await observed('orphan')).toMatchObject({ status: 'failed' });
  });
});

describe('a pending release', () => {
  it('of a Helm that somebody runs right now is respected until that has ended', async () => {
    const helm = await startHelm('theirs');
    const context = stepContext();
    const recovering = recoverPending(client, helm.release, recovery([]), context);
    await eventually(() => Promise.resolve(context.messages.length > 0 ? true : undefined));
    expect(context.messages[0]).toMatch(
      /^revision 1 has been pending-install for .*: a helm of somebody else may still/,
    );
    helm.kill('SIGINT');
    await helm.ended;
    await recovering;
    const path = '/api/v1/namespaces/default/secrets/sh.helm.release.v1.theirs.v1';
    const manager = (await client.get<{ metadata: { managedFields: { manager: string }[] } }>(path))?.metadata;
    // Helm itself made it a failed one.
    expect(await observed('theirs')).toMatchObject({ status: 'failed' });
    expect(manager?.managedFields.map((entry) => entry.manager)).not.toContain('platform');
  });

  it('that a killed run of this machine wrote is recovered at once', async () => {
    const helm = await startHelm('ours', 'platform.dev/run=run-1,platform.dev/revision=1');
    helm.kill('SIGKILL');
    await helm.ended;
    const context = stepContext();
    await recoverPending(client, helm.release, recovery(['run-1']), context);
    expect(context.messages).toEqual([]);
    expect(await observed('ours')).toMatchObject({ status: 'failed' });
  });
});
