import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEnvironment } from '../../src/environment/load.js';
import { PlatformError } from '../../src/errors.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-network-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(content: string, target: 'local' | 'aws' = 'local') {
  const file = join(folder, 'platform.yaml');
  await writeFile(file, `apiVersion: platform/v1alpha1\nkind: Environment\nname: shop\n${content}`);
  return loadEnvironment({ file, cwd: folder, target });
}

const exceptionsOf = async (content: string) => {
  const { releases } = await load(content);
  return releases.find(({ name }) => name === 'calico')?.catalogue?.providers;
};

describe('the pod network of an environment', () => {
  it('is Calico where that is among the releases', async () => {
    expect((await load('releases: { calico: {} }\n')).local.cni).toBe('calico');
    expect(await exceptionsOf('releases: { calico: {} }\n')).not.toHaveProperty('kind');
  });

  it("is the provider's own where it is not", async () => {
    expect((await load('releases: { cert-manager: {} }\n')).local.cni).toBe('default');
  });

  it('leaves Calico out of real clusters where another one is wanted, and says why', async () => {
    const providers = await exceptionsOf('local: { cni: default }\nreleases: { calico: {} }\n');
    expect(providers).toMatchObject({
      kind: { run: 'never', reason: 'local.cni is default' },
      minikube: { run: 'never', reason: 'local.cni is default' },
      embedded: { run: 'never', reason: 'simulated nodes have no pod network' },
    });
  });

  it('cannot be Calico without the release', async () => {
    const failure: unknown = await load('local: { cni: calico }\n').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PlatformError);
    expect((failure as PlatformError).output ?? (failure as PlatformError).message).toContain(
      'local.cni is calico, but the environment has no release calico',
    );
  });
});
