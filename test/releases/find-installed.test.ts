import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import type { Release } from '../../src/environment/environment.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { findInstalled } from '../../src/releases/find-installed.js';
import { fakeClient, helmSecret } from '../kubernetes/fake-client.js';

const release = (key: string): Release => {
  const [namespace = '', name = ''] = key.split('/');
  return { name, namespace, chart: { from: 'folder', path: '/chart' }, needs: [], values: [] };
};

interface Given {
  readonly installed: readonly string[];
  readonly planned?: readonly string[];
  readonly components?: readonly string[];
}

function find(name: string, { installed, planned = installed, components = [] }: Given) {
  const client = fakeClient({ lists: { '/api/v1/secrets': installed.map((key) => helmSecret(key)) } });
  return findInstalled(name, {
    environment: { name: 'shop', releases: planned.map(release) },
    provider: { logs: () => Promise.resolve(components.map((component) => ({ name: component, file: '/log' }))) },
    view: new ClusterView(() => Promise.resolve(client), systemClock),
  });
}

describe('finding an installed release', () => {
  it('goes by its name', async () => {
    expect(await find('auth', { installed: ['apps/auth', 'apps/api'] })).toBe('apps/auth');
  });

  it('finds also what the environment does not know', async () => {
    expect(await find('extra', { installed: ['apps/extra'], planned: [] })).toBe('apps/extra');
  });

  it('means the one of the environment where two namespaces have one', async () => {
    expect(await find('auth', { installed: ['other/auth', 'apps/auth'], planned: ['apps/auth'] })).toBe('apps/auth');
  });

  it('takes the namespace along where it has to be said', async () => {
    const installed = ['one/auth', 'two/auth'];
    await expect(find('auth', { installed, planned: [] })).rejects.toMatchObject({
      code: 'conflict',
      message: 'there is more than one release auth: one/auth, two/auth',
    });
    expect(await find('two/auth', { installed, planned: [] })).toBe('two/auth');
  });

  it('names what there is when there is no such release, and what was meant', async () => {
    await expect(find('auht', { installed: ['apps/auth', 'apps/api'] })).rejects.toMatchObject({
      code: 'conflict',
      message: 'shop has no release auht',
      suggestions: ['did you mean auth?', 'the releases are api, auth'],
    });
  });

  it('says how to install one that is only planned', async () => {
    await expect(find('auth', { installed: [], planned: ['apps/auth'] })).rejects.toMatchObject({
      message: 'shop has no release auth yet',
      suggestions: ['platform up --only auth', 'there are no releases: run `platform up`'],
    });
  });

  it('points to the component that does its work beside the cluster', async () => {
    const given = { installed: [], planned: ['kube-system/metrics-server'], components: ['metrics-server'] };
    await expect(find('metrics-server', given)).rejects.toMatchObject({
      suggestions: ['platform logs --component metrics-server', 'there are no releases: run `platform up`'],
    });
  });
});
