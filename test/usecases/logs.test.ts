import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import type { LogLine } from '../../src/kubernetes/container-log.js';
import { logs, type LogsOf, type LogsOptions } from '../../src/usecases/logs.js';
import { deployment, event, fakeClient, helmSecret, pod, type FakeClient } from '../kubernetes/fake-client.js';

let folder = '';
let client: FakeClient;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-logs-'));
  client = fakeClient({
    lists: {
      '/api/v1/secrets': [helmSecret('apps/web')],
      '/apis/apps/v1/deployments': [deployment('web', 'apps/web'), deployment('db', 'apps/db')],
      '/api/v1/namespaces/apps/pods': [
        pod({ name: 'web-1', labels: { app: 'web' } }),
        pod({ name: 'db-1', labels: { app: 'db' } }),
      ],
    },
    texts: { '/api/v1/namespaces/apps/pods/web-1/log': 'started\nready\n' },
  });
});
afterEach(() => rm(folder, { recursive: true }));

function ask(of: LogsOf, options: Partial<LogsOptions> & { readonly simulation?: string } = {}) {
  const { simulation } = options;
  return logs(of, {
    environment: { name: 'shop', releases: [] },
    provider: {
      name: simulation === undefined ? 'kind' : 'embedded',
      simulation,
      logs: () => Promise.resolve([{ name: 'kube-apiserver', file: join(folder, 'kube-apiserver.log') }]),
    },
    view: new ClusterView(() => Promise.resolve(client), systemClock),
    clock: systemClock,
    signal: new AbortController().signal,
    ...options,
  });
}

describe('the logs of a release', () => {
  it('are those of the containers of its pods, the last hundred lines of each', async () => {
    expect(await ask({ release: 'web' })).toEqual({
      kind: 'containers',
      release: 'apps/web',
      containers: [{ pod: 'web-1', container: 'main', lines: ['started', 'ready'] }],
    });
    expect(client.paths.at(-1)).toContain('tailLines=100');
  });

  it('reach as far back as was said', async () => {
    await ask({ release: 'web' }, { tail: 5, since: '10m' });
    expect(client.paths.at(-1)).toContain('tailLines=5&sinceSeconds=600');
  });

  it('are those before the restart when that is asked for', async () => {
    expect(await ask({ release: 'web' }, { previous: true })).toMatchObject({
      containers: [{ lines: [], problem: 'it has not restarted' }],
    });
  });

  it('come line by line while they are followed', async () => {
    const ending = new AbortController();
    const lines: LogLine[] = [];
    const following = ask({ release: 'web' }, { follow: (line) => lines.push(line), signal: ending.signal });
    await expect.poll(() => client.streams.length).toBe(1);
    client.streams[0]?.say('hello');
    ending.abort();
    expect(await following).toEqual({ kind: 'followed', of: 'apps/web' });
    expect(lines).toEqual([{ source: 'web-1', container: 'main', text: 'hello' }]);
  });

  it('are events and states where nothing runs, and say so', async () => {
    client.lists['/api/v1/namespaces/apps/events'] = [
      event({ kind: 'Pod', name: 'web-1' }, 'assigned to node-1'),
      event({ kind: 'Pod', name: 'db-1' }, 'assigned to node-1'),
    ];
    const result = await ask({ release: 'web' }, { simulation: 'simulated nodes: no container runs' });
    expect(result).toMatchObject({
      kind: 'simulated',
      simulation: 'simulated nodes: no container runs',
      pods: [{ name: 'web-1', phase: 'Running' }],
      events: [{ object: 'Pod/web-1', message: 'assigned to node-1' }],
    });
    expect(client.paths.filter((path) => path.includes('/log'))).toEqual([]);
  });

  it('are a conflict for an unknown release, which lists those there are', async () => {
    await expect(ask({ release: 'wbe' })).rejects.toMatchObject({
      code: 'conflict',
      suggestions: ['did you mean web?', 'the releases are web'],
    });
  });

  it('are a conflict without a cluster', async () => {
    const view = new ClusterView(() => Promise.resolve(undefined), systemClock);
    await expect(ask({ release: 'web' }, { view })).rejects.toMatchObject({
      code: 'conflict',
      message: 'the cluster of shop is not running',
    });
  });

  it.each([
    [{ tail: -1 }, '-1 is not a number of lines'],
    [{ tail: 1.5 }, '1.5 is not a number of lines'],
    [{ since: 'yesterday' }, '"yesterday" is not a duration'],
    [{ previous: true, follow: () => undefined }, 'the log of a container that has ended cannot be followed'],
  ])('are a usage error for %o', async (options, message) => {
    await expect(ask({ release: 'web' }, options)).rejects.toMatchObject({ code: 'usage', message });
  });
});

describe('the log of a component', () => {
  const file = () => join(folder, 'kube-apiserver.log');

  it('is the end of its file', async () => {
    await writeFile(file(), 'one\ntwo\nthree\n');
    expect(await ask({ component: 'kube-apiserver' }, { tail: 2 })).toEqual({
      kind: 'component',
      component: 'kube-apiserver',
      file: file(),
      lines: ['two', 'three'],
    });
  });

  it('comes line by line while it is followed, its end first', async () => {
    await writeFile(file(), 'one\ntwo\n');
    const ending = new AbortController();
    const lines: string[] = [];
    const following = ask(
      { component: 'kube-apiserver' },
      {
        tail: 1,
        signal: ending.signal,
        follow: ({ source, text }) => {
          lines.push(`${source}: ${text}`);
          if (text === 'three') ending.abort();
        },
      },
    );
    await expect.poll(() => lines).toEqual(['kube-apiserver: two']);
    await appendFile(file(), 'three\n');
    await following;
    expect(lines).toEqual(['kube-apiserver: two', 'kube-apiserver: three']);
  });

  it('is a conflict for an unknown component, which lists those there are', async () => {
    await expect(ask({ component: 'kube-apisever' })).rejects.toMatchObject({
      code: 'conflict',
      suggestions: ['did you mean kube-apiserver?', 'there are logs of kube-apiserver'],
    });
  });

  it.each([[{ previous: true }], [{ since: '5m' }]])('is a file, which knows nothing of %o', async (options) => {
    await expect(ask({ component: 'kube-apiserver' }, options)).rejects.toMatchObject({ code: 'usage' });
  });
});
