import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../../src/kubernetes/cluster-events.js';
import { containerObstacles } from '../../../src/kubernetes/diagnosis/container-obstacles.js';
import type { ContainerStatus } from '../../../src/kubernetes/pod-status.js';
import type { Pod } from '../../../src/kubernetes/diagnosis/surroundings.js';

/** A pod that has a node, as the kubelet writes its state. */
function pod(containers: readonly Partial<ContainerStatus>[], initial: readonly Partial<ContainerStatus>[] = []): Pod {
  const statusOf = (name: string) => (status: Partial<ContainerStatus>) => ({
    name,
    restartCount: 0,
    ready: false,
    ...status,
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'shop' },
    spec: { containers: [{ name: 'main', resources: { limits: { memory: '64Mi' } } }] },
    status: {
      phase: 'Pending',
      initContainerStatuses: initial.map(statusOf('migrate')),
      containerStatuses: containers.map(statusOf('main')),
    },
  };
}

const waiting = (reason: string, message?: string, more: Partial<ContainerStatus> = {}): Partial<ContainerStatus> => ({
  state: { waiting: { reason, ...(message !== undefined && { message }) } },
  ...more,
});

function event(reason: string, message: string, type = 'Warning'): ClusterEvent {
  return { at: '2026-11-20T10:00:00Z', type, reason, namespace: 'shop', object: 'Pod/web-1', message, count: 1 };
}

const find = (status: Partial<ContainerStatus>, ...events: ClusterEvent[]) => containerObstacles(pod([status]), events);

const backOff = (seconds: number) =>
  `back-off ${String(seconds)}s restarting failed container=main pod=web-1_shop(5d0f3c1e-5c7e-4d0a-9d2b-0a6e2b1f9c11)`;
const ended = (exitCode: number, reason = 'Error', message?: string): Partial<ContainerStatus> => ({
  lastState: { terminated: { exitCode, reason, ...(message !== undefined && { message }) } },
});
const crashing = (restartCount: number, more: Partial<ContainerStatus> = ended(1)) =>
  waiting('CrashLoopBackOff', backOff(20), { restartCount, ...more });

describe('a container that waits', () => {
  it.each([
    ['ErrImagePull', true],
    ['ImagePullBackOff', true],
    ['InvalidImageName', true],
    ['CreateContainerConfigError', true],
    ['CreateContainerError', true],
    ['RunContainerError', true],
    ['ContainerCreating', false],
    ['PodInitializing', false],
  ])('because of %s; waiting cannot help: %s', (reason, fatal) => {
    expect(find(waiting(reason, 'the words of the kubelet'))).toMatchObject([
      { object: 'Pod/web-1 container main', reason, message: 'the words of the kubelet', fatal },
    ]);
  });

  it('is no obstacle once it is ready', () => {
    expect(find({ ready: true, state: { running: {} }, restartCount: 7, ...ended(1) })).toEqual([]);
  });

  it('for an image is explained by the state, as the kubelet has written it since 1.31', () => {
    const words =
      'Back-off pulling image "web:2": ErrImagePull: rpc error: code = NotFound desc = failed to resolve reference "docker.io/library/web:2": docker.io/library/web:2: not found';
    expect(
      find(waiting('ImagePullBackOff', words), event('Failed', 'Failed to pull image "web:1": 503')),
    ).toMatchObject([{ message: words, suggestion: 'correct the image name or tag: the registry has no such image' }]);
  });

  it('for an image is explained by the newest event where the state says only that it waits', () => {
    const limited = 'Failed to pull image "web:2": rpc error: toomanyrequests: You have reached your pull rate limit';
    const found = find(
      waiting('ImagePullBackOff', 'Back-off pulling image "web:2"'),
      event('Failed', 'Failed to pull image "web:2": rpc error: connection refused'),
      event('Failed', limited),
      event('Failed', 'Error: ErrImagePull'),
    );
    expect(found).toMatchObject([{ message: limited, suggestion: expect.stringContaining('local.mirrors') as string }]);
  });

  it('for a Secret that is not there is told which, and has some time for somebody to make it', () => {
    expect(find(waiting('CreateContainerConfigError', 'secret "db" not found'))).toMatchObject([
      { patienceMs: 30_000, suggestion: 'create Secret/db in namespace shop, or correct its name' },
    ]);
  });

  it('because it would run as root is told so', () => {
    const words = 'container has runAsNonRoot and image will run as root (pod: "web-1_shop(5d0f)", container: main)';
    expect(find(waiting('CreateContainerConfigError', words))[0]?.suggestion).toContain('securityContext.runAsUser');
  });
});

describe('a pod whose containers cannot be made', () => {
  const creating = waiting('ContainerCreating');

  it('is explained by what cannot be mounted', () => {
    const words = 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found';
    expect(find(creating, event('FailedMount', words))).toEqual([
      {
        object: 'Pod/web-1',
        reason: 'FailedMount',
        message: words,
        fatal: true,
        patienceMs: 30_000,
        suggestion: 'create Secret/web-tls in namespace shop, or correct its name',
      },
    ]);
  });

  it('waits longer for a volume that others attach', () => {
    const words = 'AttachVolume.Attach failed for volume "pvc-1": volume is in use';
    expect(find(creating, event('FailedAttachVolume', words))).toMatchObject([{ fatal: true, patienceMs: 60_000 }]);
  });

  it('waits as long as it takes for a network that is still coming up', () => {
    const words =
      'Failed to create pod sandbox: rpc error: plugin type="calico" failed (add): stat /var/lib/calico/nodename';
    expect(find(creating, event('FailedCreatePodSandBox', words))).toMatchObject([{ fatal: false, message: words }]);
  });
});

describe('a container that ends again and again', () => {
  it('is told with its exit code and how often it was restarted', () => {
    expect(find(crashing(4))).toEqual([
      {
        object: 'Pod/web-1 container main',
        reason: 'CrashLoopBackOff',
        message: 'exit code 1, restarted 4 times, back-off 20s',
        fatal: true,
        patienceMs: 10_000,
        suggestion: undefined,
        container: { namespace: 'shop', pod: 'web-1', name: 'main' },
      },
    ]);
  });

  it('has a third try before it counts', () => {
    expect(find(crashing(1))[0]?.patienceMs).toBeGreaterThan(20_000);
    expect(find(crashing(2))[0]?.patienceMs).toBe(10_000);
  });

  it('may have got over it while it runs', () => {
    expect(find({ state: { running: {} }, restartCount: 2, ...ended(1) })).toEqual([]);
  });

  it('is told with its last message, where it left one', () => {
    expect(find(crashing(3, ended(2, 'Error', 'panic: no such table\n')))[0]?.message).toBe(
      'exit code 2: panic: no such table, restarted 3 times, back-off 20s',
    );
  });

  it('was killed for its memory, and is told its limit', () => {
    expect(find(crashing(3, ended(137, 'OOMKilled')))).toMatchObject([
      {
        reason: 'OOMKilled',
        message: 'it used more memory than its limit of 64Mi, exit code 137, restarted 3 times, back-off 20s',
        suggestion: 'raise the memory limit of container main (`resources.limits.memory`), or let it use less',
        fatal: true,
      },
    ]);
  });

  it.each([
    [127, 'StartError', /correct the command/],
    [0, 'Completed', /is a Job/],
  ])('with exit code %i is told what that means', (exitCode, reason, suggestion) => {
    const [found] = find(crashing(3, ended(exitCode, reason)));
    expect(found?.message).toContain(`exit code ${String(exitCode)} (${reason})`);
    expect(found?.suggestion).toMatch(suggestion);
  });

  it('that has just ended may still be started again', () => {
    expect(find({ state: { terminated: { exitCode: 1, reason: 'Error' } } })).toMatchObject([
      { reason: 'Error', message: 'exit code 1', fatal: false },
    ]);
  });

  it('that has done its work is no obstacle', () => {
    expect(find({ state: { terminated: { exitCode: 0, reason: 'Completed' } } })).toEqual([]);
  });
});

describe('a container that the kubelet kills for its liveness probe', () => {
  const killed = [
    event('Unhealthy', 'Liveness probe failed: HTTP probe failed with statuscode: 503'),
    event('Killing', 'Container main failed liveness probe, will be restarted', 'Normal'),
    event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'),
  ];
  const running = (restartCount: number) => ({ state: { running: {} }, restartCount, ...ended(137) });

  it('is told so, whatever it does at the moment', () => {
    for (const status of [running(3), crashing(3, ended(137))]) {
      expect(find(status, ...killed)).toMatchObject([
        {
          reason: 'Unhealthy',
          message: 'Liveness probe failed: HTTP probe failed with statuscode: 503, killed for it 3 times',
          fatal: true,
          suggestion: expect.stringContaining('startupProbe') as string,
        },
      ]);
    }
  });

  it('may still make it at the third try', () => {
    expect(find(running(2), ...killed)).toMatchObject([{ reason: 'Unhealthy', fatal: false }]);
  });

  it('is not confused with another container of the pod', () => {
    const other = event('Killing', 'Container proxy failed liveness probe, will be restarted', 'Normal');
    expect(find(crashing(3), other)).toMatchObject([{ reason: 'CrashLoopBackOff' }]);
  });

  it('is told its memory where that is why it ended last', () => {
    expect(find(crashing(3, ended(137, 'OOMKilled')), ...killed)).toMatchObject([{ reason: 'OOMKilled' }]);
  });
});

describe('a container that runs and is not ready', () => {
  it('is told with what its probe says, for as long as it takes', () => {
    const words = 'Readiness probe failed: dial tcp 10.244.0.7:8080: connect: connection refused';
    expect(find({ state: { running: {} } }, event('Unhealthy', words))).toMatchObject([
      { reason: 'Unhealthy', message: words, fatal: false },
    ]);
  });

  it('is no obstacle where no probe has failed', () => {
    expect(find({ state: { running: {} } })).toEqual([]);
  });
});

describe('an init container', () => {
  it('is named as one, and what waits for it is not', () => {
    const found = containerObstacles(pod([waiting('PodInitializing')], [crashing(3)]), []);
    expect(found.map(({ object, fatal }) => [object, fatal])).toEqual([['Pod/web-1 init container migrate', true]]);
  });

  it('is no obstacle when it is through', () => {
    const done = { ready: true, state: { terminated: { exitCode: 0, reason: 'Completed' } } };
    expect(containerObstacles(pod([waiting('PodInitializing')], [done]), [])).toMatchObject([
      { object: 'Pod/web-1 container main', reason: 'PodInitializing' },
    ]);
  });
});
