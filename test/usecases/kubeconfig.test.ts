import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { pathsFrom } from '../../src/paths.js';
import { kubeconfig } from '../../src/usecases/kubeconfig.js';
import { fakeProvider } from '../clusters/fake-provider.js';
import { errorOf } from '../environment/fixture.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const access = { cluster: { server: 'https://127.0.0.1:6443' }, user: { token: 'ours' } };

/** An environment whose own kubeconfig calls its context as its tool does, and a person who has one of their own. */
async function given() {
  const folder = await temporaryFolder();
  const file = join(folder, 'own');
  await writeFile(file, kubeconfigText('kind-shop', access));
  const paths = pathsFrom({ KUBECONFIG: join(folder, 'config') }, folder);
  const theirs = kubeconfigText('work', { cluster: { server: 'https://work' }, user: { token: 'theirs' } });
  await writeFile(paths.kubeconfig, theirs);
  const environment = { name: 'shop' };
  return {
    ...{ file, paths, theirs },
    ask: (merge: boolean, own = file) =>
      kubeconfig({ environment, assembly: { provider: fakeProvider({ kubeconfig: own }) } }, { merge }, { paths }),
  };
}

describe('the kubeconfig of an environment', () => {
  it('has one context of our name, and leaves that of the person alone', async () => {
    const { ask, file, paths, theirs } = await given();
    expect(await ask(false)).toEqual({
      environment: 'shop',
      context: 'platform-shop',
      file,
      kubeconfig: kubeconfigText('platform-shop', access),
    });
    expect(await readFile(paths.kubeconfig, 'utf8')).toBe(theirs);
  });

  it('is put beside the contexts of the person, and made the current one', async () => {
    const { ask, paths } = await given();
    expect(await ask(true)).toMatchObject({ merged: { file: paths.kubeconfig, changed: true } });
    const text = await readFile(paths.kubeconfig, 'utf8');
    expect(text).toMatch(/current-context"?: "?platform-shop/);
    expect(text).toContain('theirs');
    expect(text).toContain('ours');
    expect(await ask(true)).toMatchObject({ merged: { changed: false } });
  });

  it('is none before there is a cluster', async () => {
    const { ask } = await given();
    expect(await errorOf(ask(false, '/nowhere/kubeconfig'))).toMatchObject({
      code: 'conflict',
      message: 'shop has no kubeconfig: its cluster was not made yet',
    });
  });
});
