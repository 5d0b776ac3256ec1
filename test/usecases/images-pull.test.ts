import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mirrorPath } from '../../src/registry/address.js';
import { pullImages, type ImagesPullOptions } from '../../src/usecases/images-pull.js';
import { pushFolder, pushFromEngine } from '../../src/usecases/images-push.js';
import { errorOf, folderWith } from '../environment/fixture.js';
import { publish, publishIndex, signal, storeIn } from '../registry/given-images.js';
import { startOciRegistry } from '../registry/oci-registry.js';
import { environmentOf, lockWith, machineFor, recordingPorts, web } from './images-given.js';

const here: ImagesPullOptions = { platforms: ['linux/amd64'], machine: 'linux/amd64' };

/** An environment that runs an image of a registry, locked, and a machine whose engine runs another of it. */
async function given(more = '') {
  const far = await startOciRegistry();
  const digest = publishIndex(far, 'library/redis', '7', ['amd64']);
  const own = publish(far, 'library/registry', '3');
  const environment = await environmentOf(`${more}${web}`);
  const image = `${far.host}/library/redis:7`;
  await lockWith(environment, [{ image, digest }]);
  const machine = await machineFor(environment, [`${far.host}/library/registry:3`]);
  const path = (repository: string) => `${mirrorPath(far.host)}/library/${repository}`;
  const pull = (options = here) => pullImages(environment, options, machine.parts, recordingPorts());
  return { ...machine, far, environment, image, digest, own, path, pull };
}

describe('platform images pull', () => {
  it('brings what is locked into the local registry, where nodes ask for it', async () => {
    const { pull, registry, image, digest, own, path, far, brought } = await given();

    const result = await pull();

    expect(await storeIn(registry, path('redis')).digestOf('7', signal)).toBe(digest);
    expect(path('redis')).toBe(`${far.host.replace(':', '_')}/library/redis`);
    expect(brought).toEqual(['registry']);
    expect(result).toEqual({
      to: registry.host,
      images: [
        { image, digest, bytes: expect.any(Number) as number, wasThere: false },
        {
          image: `${far.host}/library/registry:3`,
          ...{ digest: own, bytes: expect.any(Number) as number, wasThere: false },
        },
      ],
      unmirrored: [far.host],
    });
  });

  it('copies nothing again, and asks no far registry for it', async () => {
    const { pull, far, image } = await given();
    await pull();
    far.requests.length = 0;
    const result = await pull();
    expect(far.requests).toEqual([]);
    expect(result.images.map(({ wasThere }) => wasThere)).toEqual([true, true]);
    expect(result.images[0]?.image).toBe(image);
  });

  it('brings the locked image, not what its tag is today', async () => {
    const { pull, far, digest, registry, path } = await given();
    publish(far, 'library/redis', '7', 'another');
    await pull();
    expect(await storeIn(registry, path('redis')).digestOf('7', signal)).toBe(digest);
  });

  it('takes what its registry has where the lock could not tell', async () => {
    const { pull, far, image, environment, registry, path } = await given();
    await lockWith(environment, [{ image, digest: null }]);
    const today = publish(far, 'library/redis', '7', 'another');
    await pull();
    expect(await storeIn(registry, path('redis')).digestOf('7', signal)).toBe(today);
  });

  it('leaves out what is built from sources', async () => {
    const { environment, image, digest, pull } = await given();
    await lockWith(environment, [
      { image, digest },
      { image: 'localhost:5001/auth:1', digest: null },
    ]);
    const release = environment.releases[0];
    if (release) Object.assign(release, { image: 'auth' });
    expect((await pull()).images).toHaveLength(2);
  });

  it('leaves out what the local registry has by its own name', async () => {
    const { environment, image, digest, pull, registry } = await given();
    await lockWith(environment, [
      { image, digest },
      { image: `${registry.host}/tools/probe:1`, digest: null },
    ]);
    expect((await pull()).images).toHaveLength(2);
  });

  it('knows which registries nodes are sent here for', async () => {
    const { pull, environment, far } = await given();
    Object.assign(environment.local.mirrors, { [far.host]: 'local' });
    expect((await pull()).unmirrored).toEqual([]);
  });

  it('names the image that cannot be had, and copies the others', async () => {
    const { pull, far, registry, path, own } = await given();
    far.refuse(/redis/, 429);
    const error = await errorOf(pull());
    expect(error.message).toBe(`${far.host} allows no more requests for now`);
    expect(await storeIn(registry, path('registry')).digestOf('3', signal)).toBe(own);
  });

  it('needs a lock, and one that fits', async () => {
    const { pull, environment } = await given();
    const lock = join(environment.file ?? '', '..', 'platform.lock');
    await rm(lock);
    expect(await errorOf(pull())).toMatchObject({
      ...{ code: 'usage', suggestions: ['platform lock'] },
      message: 'nothing says which images shop needs: it has no lock file',
    });
  });
});

describe('platform images pull --to, and push --from', () => {
  it('carries images to a machine without a way to their registries', async () => {
    const { pull, far, path, digest, own, brought, image } = await given();
    const folder = join(await folderWith({}), 'images');

    const pulled = await pull({ ...here, to: folder });
    await far.stop();
    const other = await environmentOf('');
    const machine = await machineFor(other);
    const pushed = await pushFolder(other, folder, machine.parts, recordingPorts());

    expect(pulled).toMatchObject({ to: folder, unmirrored: [] });
    expect(brought).toEqual([]);
    expect(pushed.to).toBe(machine.registry.host);
    expect(pushed.images.map((one) => [one.image, one.digest, one.wasThere])).toEqual([
      [image, digest, false],
      [`${far.host}/library/registry:3`, own, false],
    ]);
    expect(await storeIn(machine.registry, path('redis')).digestOf('7', signal)).toBe(digest);
  });

  it('copies nothing that is there again', async () => {
    const { pull, environment, parts } = await given();
    const folder = await folderWith({});
    await pull({ ...here, to: folder });
    await pushFolder(environment, folder, parts, recordingPorts());
    const again = await pushFolder(environment, folder, parts, recordingPorts());
    expect(again.images.map(({ wasThere }) => wasThere)).toEqual([true, true]);
    expect((await pull({ ...here, to: folder })).images.map(({ wasThere }) => wasThere)).toEqual([true, true]);
  });

  it('writes a list of what the engine itself runs, for the engine', async () => {
    const { pull, far } = await given();
    const folder = await folderWith({});
    await pull({ ...here, to: folder });
    const list = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { RepoTags: string[] }[];
    expect(list.map(({ RepoTags }) => RepoTags)).toEqual([[`${far.host}/library/registry:3`]]);
  });

  it('refuses a folder without images', async () => {
    const { environment, parts } = await given();
    const folder = await folderWith({});
    const error = await errorOf(pushFolder(environment, folder, parts, recordingPorts()));
    expect(error).toMatchObject({ code: 'usage', message: `there are no images in ${folder}` });
  });
});

describe('platform images push', () => {
  const id = `sha256:${'1'.repeat(64)}`;

  it('takes what pods run from the container engine, and leaves no name behind', async () => {
    const { environment, parts, recorded, image, registry, path, far } = await given();
    recorded.stored.set(image, { id, digests: [], bytes: 1 });

    const result = await pushFromEngine(environment, parts, recordingPorts());

    const name = `${registry.host}/${path('redis')}:7`;
    expect(recorded.calls).toEqual([`tag ${image} ${name}`, `push ${name}`, `remove ${name}`]);
    expect(result).toMatchObject({ images: [{ image, wasThere: false }], unmirrored: [far.host] });
    expect(await storeIn(registry, path('redis')).digestOf('7', signal)).toBe(result.images[0]?.digest);
  });

  it('pushes nothing where the registry has the same image', async () => {
    const { environment, parts, recorded, image, registry, path } = await given();
    const digest = publish(registry, path('redis'), '7');
    const { config } = JSON.parse(String(registry.manifests.get(`${path('redis')}:7`)?.bytes)) as {
      config: { digest: string };
    };
    recorded.stored.set(image, { id: config.digest, digests: [], bytes: 1 });

    const result = await pushFromEngine(environment, parts, recordingPorts());

    expect(recorded.calls).toEqual([]);
    expect(result.images).toEqual([{ image, digest, bytes: 0, wasThere: true }]);
  });

  it('says which image the engine does not have', async () => {
    const { environment, parts, image } = await given();
    const error = await errorOf(pushFromEngine(environment, parts, recordingPorts()));
    expect(error.message).toContain(`docker has no image ${image}`);
    expect(error.suggestions).toContain(`docker pull ${image}`);
  });

  it('refuses an image that is asked for by its digest and would get another', async () => {
    const { environment, parts, recorded, far, digest } = await given();
    const image = `${far.host}/library/redis:7@${digest}`;
    await lockWith(environment, [{ image, digest }]);
    recorded.stored.set(image, { id, digests: [], bytes: 1 });
    const error = await errorOf(pushFromEngine(environment, parts, recordingPorts()));
    expect(error.suggestions).toEqual(['copy it from its registry: platform images pull']);
  });
});
