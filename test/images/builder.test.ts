import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { buildImage } from '../../src/images/builder.js';
import { errorOf } from '../environment/fixture.js';
import { signal, storeIn } from '../registry/given-images.js';
import { contextFor } from '../toolchain/fixture.js';
import { sourcesOf, workshop } from './given.js';

describe('building an image', () => {
  it('asks for what the file says, pushes it under the tag of its sources, and answers its digest', async () => {
    const source = await sourcesOf({ target: 'run', args: { VERSION: '1' }, dockerfile: 'Dockerfile' });
    const { recorded, options, images, registry } = await workshop({ auth: source });
    const { repository, tag } = await images.reference('auth');

    const digest = await buildImage('auth', options, contextFor());

    expect(repository).toBe(`${registry.host}/auth`);
    expect(recorded.builds).toEqual([
      {
        ...{ context: source.context, dockerfile: join(source.context, 'Dockerfile') },
        ...{ tag: `${repository}:${tag}`, target: 'run', args: { VERSION: '1' } },
        labels: {
          'org.opencontainers.image.title': 'auth',
          'org.opencontainers.image.version': tag,
          'platform.dev/environment': 'shop',
        },
      },
    ]);
    expect(recorded.calls).toEqual([`build ${repository}:${tag}`, `push ${repository}:${tag}`]);
    expect(await storeIn(registry, 'auth').digestOf(tag, signal)).toBe(digest);
    expect(await images.digest('auth', signal)).toBe(digest);
  });

  it('says what the engine says, and what it pushes', async () => {
    const { options, images } = await workshop({ auth: await sourcesOf() });
    const context = contextFor();
    await buildImage('auth', options, context);
    const { repository, tag } = await images.reference('auth');
    expect(context.said.map(({ message }) => message)).toEqual([
      'Step 1/2 : FROM scratch',
      `pushing ${repository}:${tag}`,
    ]);
  });

  it('pushes nothing where the sources changed meanwhile: the tag would not be true', async () => {
    const source = await sourcesOf();
    const { recorded, options, registry } = await workshop({ auth: source });
    recorded.during = () => writeFile(join(source.context, 'main.js'), 'another');

    const error = await errorOf(buildImage('auth', options, contextFor()));

    expect(error).toMatchObject({
      code: 'conflict',
      message: 'the sources of the image auth changed while it was built',
    });
    expect(registry.manifests.size).toBe(0);
  });

  it('fails as the engine fails', async () => {
    const { recorded, options, registry } = await workshop({ auth: await sourcesOf() });
    recorded.during = () => Promise.reject(new PlatformError('tool', 'docker has no disk space left'));
    expect((await errorOf(buildImage('auth', options, contextFor()))).message).toBe('docker has no disk space left');
    expect(registry.manifests.size).toBe(0);
  });

  it('fails where the registry does not have what was pushed', async () => {
    const { recorded, options, registry } = await workshop({ auth: await sourcesOf() });
    recorded.engine.push = () => Promise.resolve('sha256:');
    const error = await errorOf(buildImage('auth', options, contextFor()));
    expect(error.message).toContain(`${registry.host}/auth does not have`);
  });

  it('prepares the destination first where it has to be', async () => {
    const { recorded, options } = await workshop({ auth: await sourcesOf() });
    const destination = async () => ({
      ...(await options.destination()),
      prepare: (image: string) => {
        recorded.calls.push(`prepare ${image}`);
        return Promise.resolve();
      },
    });
    await buildImage('auth', { ...options, destination }, contextFor());
    expect(recorded.calls.map((call) => call.split(' ')[0])).toEqual(['build', 'prepare', 'push']);
  });
});

describe('building an image for several platforms', () => {
  it('builds each and joins them under one tag', async () => {
    const platforms = ['linux/amd64', 'linux/arm64'];
    const { recorded, options, images, registry } = await workshop({ auth: await sourcesOf({ platforms }) });
    const { tag } = await images.reference('auth');

    const digest = await buildImage('auth', options, contextFor());

    const index = JSON.parse(String(registry.manifests.get(`auth:${tag}`)?.bytes)) as {
      manifests: { digest: string; platform: unknown }[];
    };
    expect(recorded.builds.map(({ platform }) => platform)).toEqual(platforms);
    expect(index.manifests.map(({ platform }) => platform)).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
    expect(registry.manifests.has(`auth:${tag}-linux-arm64`)).toBe(true);
    expect(await storeIn(registry, 'auth').digestOf(tag, signal)).toBe(digest);
  });

  it('needs no joining for one', async () => {
    const { recorded, options, images } = await workshop({ auth: await sourcesOf({ platforms: ['linux/arm64'] }) });
    const { repository, tag } = await images.reference('auth');
    await buildImage('auth', options, contextFor());
    expect(recorded.builds.map(({ tag: one, platform }) => [one, platform])).toEqual([
      [`${repository}:${tag}`, 'linux/arm64'],
    ]);
  });
});
