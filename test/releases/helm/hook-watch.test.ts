import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { asset } from '../../../src/paths.js';
import { toolFailure } from '../../../src/process.js';
import { encodeHelmRecord } from '../../../src/releases/helm/helm-record.js';
import { withHookWatch } from '../../../src/releases/helm/hook-watch.js';
import { cluster, context, type Cluster } from '../cluster.js';

/** A revision that Helm wrote before it began: hooks of several kinds and events, `Job/migrate` before an upgrade. */
let secret: KubernetesObject;
/** `Job/migrate` as the Job controller wrote it. */
let job: Readonly<Record<'running' | 'failed', KubernetesObject>>;
let world: Cluster;
beforeEach(async () => {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(asset('test/fixtures/helm/4.3.1', name), 'utf8'));
  secret = (await read('pending-upgrade-hooks.json')) as KubernetesObject;
  job = (await read('hook-job.json')) as typeof job;
  world = await cluster();
  add(`/api/v1/namespaces/default/secrets/${secret.metadata.name}`, secret);
});
afterEach(() => world.api.close());

const jobPath = '/apis/batch/v1/namespaces/default/jobs/migrate';
const add = (path: string, object: object) => world.api.objects.set(path, object as never);

function addJob(state: 'running' | 'failed', metadata: object = {}): void {
  add(jobPath, { ...job[state], metadata: { ...job[state].metadata, ...metadata } });
}

/** A pod of `Job/migrate`. */
function addPod(status: object): void {
  const { selector } = (job.running as unknown as { spec: { selector: { matchLabels: object } } }).spec;
  add('/api/v1/namespaces/default/pods/migrate-bkp2w', {
    metadata: {
      name: 'migrate-bkp2w',
      namespace: 'default',
      labels: selector.matchLabels,
      creationTimestamp: '2026-11-21T15:30:28Z',
    },
    spec: { containers: [{ name: 'main', image: 'registry.example/hook' }] },
    status,
  });
}

function addLog(text: string): void {
  world.api.answer = (response, { path }) => path.endsWith('/log') && response.end(text) === response;
}

const ended = {
  phase: 'Failed',
  containerStatuses: [{ name: 'main', restartCount: 0, state: { terminated: { exitCode: 3, reason: 'Error' } } }],
};

/** Helm, as the process port runs it: it goes on until it is told to end, or is interrupted. */
function helm() {
  let end: (error?: Error) => void = () => undefined;
  const made = {
    interrupts: 0,
    end: (error?: Error) => {
      end(error);
    },
    install: (signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const interrupt = () => {
          made.interrupts += 1;
          const details = { command: 'helm upgrade --install hooked', output: 'Error: context canceled' };
          reject(new PlatformError('interrupted', 'helm was interrupted', details));
        };
        signal.addEventListener('abort', interrupt);
        end = (error) => {
          signal.removeEventListener('abort', interrupt);
          if (error) reject(error);
          else resolve();
        };
      }),
  };
  return made;
}

/** Runs Helm with the watch beside it; `at` is called with the seconds that have passed. */
async function run(at: (second: number, helm: ReturnType<typeof helmOf>) => void, step = context()) {
  const command = helmOf();
  let seconds = 0;
  world.onSleep = (elapsed) => {
    seconds = elapsed / 1000;
    at(seconds, command);
    if (seconds > 60) throw new Error('nobody ended the wait');
  };
  const release = { name: 'hooked', namespace: 'default' };
  const options = { client: world.api.client, release, clock: world.clock };
  const error = await withHookWatch(command.install, options, step).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  return { error, interrupts: command.interrupts, seconds };
}
const helmOf = helm;

const never = () => undefined;
const endAfter = (last: number, error?: Error) => (second: number, command: ReturnType<typeof helm>) => {
  if (second >= last) command.end(error);
};

function failedHelm(stderr: string): PlatformError {
  return toolFailure('helm', ['upgrade', '--install', 'hooked'], { stdout: '', stderr, exitCode: 1 });
}

describe('a hook that fails while Helm waits', () => {
  it('interrupts Helm once, and is told with its pod and last log lines', async () => {
    addJob('failed');
    addPod(ended);
    addLog('connecting to postgres\npassword authentication failed\n');
    const { error, interrupts } = await run(never);
    expect(interrupts).toBe(1);
    expect(error).toMatchObject({
      code: 'tool',
      message: 'the pre-upgrade hook Job/migrate of hooked failed: BackoffLimitExceeded',
      output: [
        'Job/migrate in default: BackoffLimitExceeded: Job has reached the specified backoff limit',
        'Pod/migrate-bkp2w container main: Error: exit code 3',
        'last lines of the log of main in Pod/migrate-bkp2w:',
        '  connecting to postgres',
        '  password authentication failed',
      ].join('\n'),
      command: 'helm upgrade --install hooked',
      suggestions: ['correct what Job/migrate fails at and run the command again: Helm makes it anew'],
      facts: { release: 'hooked', hook: 'Job/migrate', event: 'pre-upgrade', reason: 'BackoffLimitExceeded' },
    });
  });

  it('is noticed before its pods are ended', async () => {
    const conditions = [
      { type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded', message: 'was active too long' },
    ];
    add(jobPath, { ...job.running, status: { conditions } });
    addPod({ phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 0, state: { running: {} } }] });
    const { error } = await run(never);
    expect(error).toMatchObject({
      message: 'the pre-upgrade hook Job/migrate of hooked failed: DeadlineExceeded',
      suggestions: ['see what Job/migrate was waiting for, or give it more time (`activeDeadlineSeconds`)'],
    });
  });

  it('is told with what was seen and heard of its pods before these were ended', async () => {
    addJob('running');
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } };
    addPod({ phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 2, state }] });
    addLog('password authentication failed\n');
    const { error } = await run((second) => {
      if (second < 3) return;
      addJob('failed');
      world.api.objects.delete('/api/v1/namespaces/default/pods/migrate-bkp2w');
    });
    expect(error).toMatchObject({
      message: 'the pre-upgrade hook Job/migrate of hooked failed: BackoffLimitExceeded',
      output: expect.stringMatching(/CrashLoopBackOff: restarted 2 times[^]*password authentication failed/) as string,
    });
  });

  it('is not taken for one that an earlier operation left, which Helm deletes first', async () => {
    addJob('failed', { creationTimestamp: '2026-11-21T15:28:00Z' });
    expect(await run(endAfter(30))).toMatchObject({ error: undefined, interrupts: 0 });
  });

  it('is not looked at when Helm does not run it in this operation', async () => {
    const path = '/apis/batch/v1/namespaces/default/jobs/cleanup';
    add(path, { ...job.failed, metadata: { ...job.failed.metadata, name: 'cleanup' } });
    expect(await run(endAfter(30))).toMatchObject({ error: undefined, interrupts: 0 });
  });

  it('may be a pod', async () => {
    const metadata = { name: 'check', namespace: 'default', creationTimestamp: '2026-11-21T15:30:28Z' };
    add('/api/v1/namespaces/default/pods/check', {
      metadata,
      spec: { containers: [{ name: 'main', image: 'registry.example/hook' }] },
      status: ended,
    });
    expect(await run(never)).toMatchObject({
      interrupts: 1,
      error: {
        message: 'the post-upgrade hook Pod/check of hooked failed: Failed',
        output: expect.stringContaining('Pod/check container main: Error: exit code 3') as string,
      },
    });
  });
});

describe('a hook that cannot run', () => {
  const waiting = (reason: string, message: string) => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'main', restartCount: 0, state: { waiting: { reason, message } } }],
  });

  it('for want of a node ends the wait in seconds', async () => {
    addJob('running');
    const message = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
    addPod({ phase: 'Pending', conditions });
    const { error, interrupts, seconds } = await run(never);
    expect(interrupts).toBe(1);
    expect(seconds).toBeGreaterThan(8);
    expect(seconds).toBeLessThan(20);
    expect(error).toMatchObject({
      code: 'tool',
      message: 'the pre-upgrade hook Job/migrate of hooked cannot run: Unschedulable',
      output: `Pod/migrate-bkp2w: Unschedulable: ${message}`,
      suggestions: ['correct `nodeSelector` or the affinity: no node has such labels'],
    });
  });

  it('because its image is limited is told what to do', async () => {
    addJob('running');
    addPod(waiting('ImagePullBackOff', 'Back-off pulling image: ErrImagePull: 429 Too Many Requests: toomanyrequests'));
    expect(await run(never)).toMatchObject({
      interrupts: 1,
      error: {
        message: 'the pre-upgrade hook Job/migrate of hooked cannot run: ImagePullBackOff',
        suggestions: [expect.stringContaining('use a mirror (`local.mirrors`)') as string],
      },
    });
  });

  it('because of a quota is told in the words of the Job controller', async () => {
    addJob('running');
    const message = 'Error creating: pods "migrate-5vk6d" is forbidden: exceeded quota: small, requested: pods=1';
    add('/api/v1/namespaces/default/events/migrate.1', {
      metadata: { name: 'migrate.1', namespace: 'default' },
      type: 'Warning',
      reason: 'FailedCreate',
      message,
      involvedObject: { kind: 'Job', name: 'migrate' },
      lastTimestamp: '2026-11-21T15:30:30Z',
    });
    expect(await run(never)).toMatchObject({
      interrupts: 1,
      error: {
        message: 'the pre-upgrade hook Job/migrate of hooked cannot run: FailedCreate',
        output: `Job/migrate: FailedCreate: ${message}`,
        suggestions: ['raise ResourceQuota/small of namespace default, or ask for less'],
      },
    });
  });

  it('yet, but will when its image is there, is waited for', async () => {
    addJob('running');
    addPod(waiting('ContainerCreating', ''));
    const step = context();
    expect(await run(endAfter(60), step)).toMatchObject({ error: undefined, interrupts: 0 });
    expect(step.messages).toEqual([
      'the pre-upgrade hook Job/migrate (Pod/migrate-bkp2w container main: ContainerCreating)',
    ]);
  });

  it('at first is tried again for as long as its Job wants', async () => {
    addJob('running');
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 2m40s' } };
    addPod({ phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 5, state }] });
    expect(await run(endAfter(60))).toMatchObject({ error: undefined, interrupts: 0 });
  });
});

describe('a failure of Helm itself', () => {
  const notReady = 'Error: UPGRADE FAILED: pre-upgrade hooks failed: resource Job/default/migrate not ready. status:';

  it('over a hook is explained by the hook', async () => {
    const error = failedHelm(`${notReady} Failed, message: Job Failed. failed: 1/1`);
    const result = await run((second, command) => {
      addJob('failed');
      addPod(ended);
      command.end(error);
    });
    expect(result).toMatchObject({
      interrupts: 0,
      error: {
        message: 'the pre-upgrade hook Job/migrate of hooked failed: BackoffLimitExceeded',
        command: 'helm upgrade --install hooked',
      },
    });
  });

  it('over a hook that is deleted by now is explained by what was heard of it', async () => {
    addJob('running');
    addPod(ended);
    addLog('password authentication failed\n');
    const { error } = await run((second, command) => {
      world.api.objects.delete(jobPath);
      command.end(failedHelm(`${notReady} Failed, message: Job Failed. failed: 1/1`));
    });
    expect(error).toMatchObject({
      message: 'the pre-upgrade hook Job/migrate of hooked failed',
      output: expect.stringContaining('  password authentication failed') as string,
    });
  });

  it('over a hook that it no longer waits for says what the hook was at', async () => {
    addJob('running');
    const words = 'Readiness probe failed: connection refused';
    addPod({ phase: 'Running', containerStatuses: [{ name: 'main', restartCount: 0, state: { running: {} } }] });
    add('/api/v1/namespaces/default/events/one', {
      metadata: { name: 'one', namespace: 'default' },
      type: 'Warning',
      reason: 'Unhealthy',
      message: words,
      involvedObject: { kind: 'Pod', name: 'migrate-bkp2w' },
      lastTimestamp: '2026-11-21T15:30:30Z',
    });
    addLog('waiting for a lock\n');
    const error = failedHelm(`${notReady} InProgress, message: Job in progress\ncontext deadline exceeded`);
    expect((await run(endAfter(30, error))).error).toMatchObject({
      code: 'timeout',
      message: 'the pre-upgrade hook Job/migrate of hooked did not end within the time that Helm gives it',
      output: [
        `Pod/migrate-bkp2w container main: Unhealthy: ${words}`,
        'last lines of the log of main in Pod/migrate-bkp2w:',
        '  waiting for a lock',
      ].join('\n'),
    });
  });

  it('over a hook that an earlier operation left says so', async () => {
    addJob('failed', { creationTimestamp: '2026-11-21T15:28:00Z' });
    const error = failedHelm(`${notReady} Failed, message: Job Failed. failed: 1/1`);
    expect((await run(endAfter(1, error))).error).toMatchObject({
      suggestions: [expect.stringMatching(/^delete Job\/migrate in namespace default: an earlier operation left it/)],
    });
  });

  it('over something else is left as it is', async () => {
    addJob('running');
    const error = failedHelm('Error: UPGRADE FAILED: conflict occurred while applying object default/web');
    expect((await run(endAfter(1, error))).error).toBe(error);
  });

  it('is left as it is when nobody can tell more', async () => {
    const error = failedHelm(`${notReady} Failed`);
    const { error: thrown } = await run((second, command) => {
      world.api.answer = (response) => response.destroy() === response;
      command.end(error);
    });
    expect(thrown).toBe(error);
  });
});

describe('a run that is stopped', () => {
  it('ends as Helm ends, and looks no further', async () => {
    const stopping = new AbortController();
    const { error, interrupts } = await run((second) => {
      if (second >= 3) stopping.abort(new DOMException('interrupted', 'AbortError'));
    }, context(stopping.signal));
    expect(interrupts).toBe(1);
    expect(error).toMatchObject({ code: 'interrupted', message: 'helm was interrupted' });
  });
});

describe('a release without hooks to wait for', () => {
  it('costs two requests', async () => {
    add(`/api/v1/namespaces/default/secrets/${secret.metadata.name}`, {
      ...secret,
      data: { release: encodeHelmRecord({ name: 'hooked', namespace: 'default', version: 2, info: { status: '' } }) },
    });
    await run(endAfter(60));
    expect(world.api.requests).toHaveLength(2);
  });

  it('is installed though the API server does not answer the watch', async () => {
    world.api.answer = (response) => response.destroy() === response;
    expect((await run(endAfter(10))).error).toBeUndefined();
  });
});
