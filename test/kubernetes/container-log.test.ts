import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { ApiError } from '../../src/kubernetes/api-errors.js';
import { followContainers, readContainerLog, type LogLine } from '../../src/kubernetes/container-log.js';
import { listPods, type PodState } from '../../src/kubernetes/pods.js';
import { fakeClient, pod } from './fake-client.js';

const logs = '/api/v1/namespaces/apps/pods/web-1/log';

async function podState(given: Partial<Parameters<typeof pod>[0]> = {}): Promise<PodState> {
  const [state] = await listPods(
    fakeClient({ lists: { '/api/v1/pods': [pod({ name: 'web-1', ...given })] } }),
    undefined,
  );
  if (!state) throw new Error('no pod');
  return state;
}

async function read(given: Parameters<typeof podState>[0], range: object, texts: Record<string, string> = {}) {
  const client = fakeClient({ texts });
  const state = await podState(given);
  const [container] = state.containers;
  if (!container) throw new Error('no container');
  return { log: await readContainerLog(client, state, container, range), client };
}

describe('the log of a container', () => {
  it('is asked for as far back as is wanted', async () => {
    const { log, client } = await read({}, { tail: 100, sinceSeconds: 600 }, { [logs]: 'a\n\nb\n' });
    expect(log).toEqual({ pod: 'web-1', container: 'main', lines: ['a', '', 'b'] });
    expect(client.paths).toEqual([`${logs}?container=main&tailLines=100&sinceSeconds=600`]);
  });

  it('has no lines when nothing was written', async () => {
    expect((await read({}, {}, { [logs]: '' })).log.lines).toEqual([]);
  });

  it('may be that of the run before', async () => {
    const { client } = await read({ container: { restartCount: 2 } }, { previous: true }, { [logs]: 'a\n' });
    expect(client.paths).toEqual([`${logs}?container=main&previous=true`]);
  });

  it('is not asked for where there was no run before', async () => {
    const { log, client } = await read({}, { previous: true });
    expect(log).toMatchObject({ lines: [], problem: 'it has not restarted' });
    expect(client.paths).toEqual([]);
  });

  it('says why the container has not started', async () => {
    const container = { state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } };
    expect((await read({ container }, {})).log.problem).toBe('it has not started: ImagePullBackOff: no such image');
  });

  it("repeats the API server's refusal", async () => {
    expect((await read({}, {})).log.problem).toContain('not found');
  });
});

/** A clock that stands still; each sleep ends when the test says so. */
function manualClock(): Clock & { next(): void } {
  const sleepers: (() => void)[] = [];
  return {
    now: () => Date.parse('2026-11-20T10:00:00Z'),
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        sleepers.push(resolve);
      }),
    next: () => sleepers.shift()?.(),
  };
}

describe('following containers', () => {
  async function follow() {
    const client = fakeClient();
    const clock = manualClock();
    const ending = new AbortController();
    const lines: LogLine[] = [];
    const present: PodState[] = [await podState()];
    const done = followContainers({
      client,
      pods: () => Promise.resolve(present),
      range: { tail: 5 },
      clock,
      signal: ending.signal,
      onLine: (line) => lines.push(line),
    });
    done.catch(() => undefined);
    await expect.poll(() => client.streams.length).toBe(1);
    return { client, clock, ending, lines, present, done };
  }

  it('tells which pod and container a line is of, until it is aborted', async () => {
    const { client, ending, lines, done } = await follow();
    client.streams[0]?.say('hello');
    ending.abort();
    await done;
    expect(client.paths).toEqual([`${logs}?container=main&tailLines=5&follow=true`]);
    expect(lines).toEqual([{ source: 'web-1', container: 'main', text: 'hello' }]);
  });

  it('takes up pods that come later, from their first line', async () => {
    const { client, clock, ending, present, done } = await follow();
    present.push(await podState({ name: 'web-2' }));
    clock.next();
    await expect.poll(() => client.streams.length).toBe(2);
    expect(client.streams[1]?.path).toBe('/api/v1/namespaces/apps/pods/web-2/log?container=main&follow=true');
    ending.abort();
    await done;
  });

  it('takes up a restarted container', async () => {
    const { client, clock, ending, present, done } = await follow();
    client.streams[0]?.end();
    present[0] = await podState({ container: { restartCount: 1 } });
    clock.next();
    await expect.poll(() => client.streams.length).toBe(2);
    expect(client.streams[1]?.path).not.toContain('sinceTime');
    ending.abort();
    await done;
  });

  it('goes on where a stream broke off while its container runs', async () => {
    const { client, clock, ending, done } = await follow();
    client.streams[0]?.fail(new Error('connection reset'));
    await Promise.resolve();
    clock.next();
    await expect.poll(() => client.streams.length).toBe(2);
    expect(client.streams[1]?.path).toContain('sinceTime=2026-11-20T10');
    ending.abort();
    await done;
  });

  it('does not repeat the log of a container that has ended', async () => {
    const { client, clock, ending, present, done } = await follow();
    client.streams[0]?.end();
    present[0] = await podState({ container: { state: { terminated: { exitCode: 0 } } } });
    present.push(await podState({ name: 'web-2' }));
    clock.next();
    await expect.poll(() => client.streams.length).toBe(2);
    expect(client.streams[1]?.path).toContain('web-2');
    ending.abort();
    await done;
  });

  it('ends with the refusal when logs may not be read', async () => {
    const { client, done } = await follow();
    client.streams[0]?.fail(new ApiError(403, 'Forbidden', 'pods/log is forbidden', 'tool'));
    await expect(done).rejects.toThrow('pods/log is forbidden');
  });
});
