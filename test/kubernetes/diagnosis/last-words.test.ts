import { describe, expect, it } from 'vitest';
import { ApiUnreachableError } from '../../../src/kubernetes/api-errors.js';
import { lastWords } from '../../../src/kubernetes/diagnosis/last-words.js';
import { fakeClient, pod } from '../fake-client.js';

const log = '/api/v1/namespaces/apps/pods/web-1/log';
const crashing = { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } };

const of = (pod: string) => ({ namespace: 'apps', pod, name: 'main' });

function cluster(container: object, texts: Record<string, string>, ...names: string[]) {
  const pods = ['web-1', ...names].map((name) => pod({ name, container }));
  return fakeClient({ lists: { '/api/v1/namespaces/apps/pods': pods }, texts });
}

describe('the last words of a container', () => {
  it('are the end of the log of the run before its last restart', async () => {
    const client = cluster(crashing, { [log]: 'connecting\nrefused\n' });
    expect(await lastWords(client, [of('web-1')])).toEqual([
      'last lines of the log of main in Pod/web-1:',
      '  connecting',
      '  refused',
    ]);
    expect(client.paths).toContain(`${log}?container=main&tailLines=10&previous=true`);
  });

  it('are those of the only run where it has ended for good', async () => {
    const client = cluster({ state: { terminated: { exitCode: 1 } } }, { [log]: 'refused\n' });
    await lastWords(client, [of('web-1')]);
    expect(client.paths).toContain(`${log}?container=main&tailLines=10`);
  });

  it('may be none', async () => {
    expect(await lastWords(cluster(crashing, { [log]: '' }), [of('web-1')])).toEqual([
      'log of main in Pod/web-1 is empty',
    ]);
  });

  it('may not be had, which is said', async () => {
    expect(await lastWords(cluster(crashing, {}), [of('web-1')])).toEqual([
      expect.stringMatching(/^log of main in Pod\/web-1 cannot be read: the API server refused GET .*: not found$/),
    ]);
  });

  it('are not asked for more than two containers', async () => {
    const client = cluster(crashing, { [log]: 'a\n' }, 'web-2', 'web-3');
    await lastWords(client, [of('web-1'), of('web-2'), of('web-3')]);
    expect(client.paths.filter((path) => path.includes('/log'))).toHaveLength(2);
  });

  it('are missing without a word where the pod is gone, or the API server', async () => {
    expect(await lastWords(cluster(crashing, {}), [of('gone')])).toEqual([]);
    const away = {
      ...cluster(crashing, {}),
      list: () => Promise.reject(new ApiUnreachableError('https://x', undefined)),
    };
    expect(await lastWords(away, [of('web-1')])).toEqual([]);
  });

  it('are not looked for where there is nobody to listen to', async () => {
    const client = cluster(crashing, {});
    expect(await lastWords(client, [])).toEqual([]);
    expect(client.paths).toEqual([]);
  });
});
