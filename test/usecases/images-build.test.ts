import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/errors.js';
import { buildImages } from '../../src/usecases/images-build.js';
import { listImages } from '../../src/usecases/images-list.js';
import { errorOf } from '../environment/fixture.js';
import { signal } from '../registry/given-images.js';
import { environmentOf, machineFor, recordingPorts } from './images-given.js';

const images = 'images: { auth: { context: app }, gone: { context: nowhere } }\n';

async function given() {
  const environment = await environmentOf(
    `${images}releases: { auth: { chart: service, namespace: apps, image: auth } }\n`,
  );
  return { environment, ...(await machineFor(environment)), ports: recordingPorts() };
}

describe('platform images build', () => {
  it('brings the registry, builds what is missing, and builds it once', async () => {
    const { environment, parts, ports, brought, again, recorded, registry } = await given();

    const first = await buildImages(environment, ['auth'], parts, ports);
    const second = await buildImages(environment, ['auth'], { ...parts, images: again() }, ports);

    expect(first).toEqual({
      environment: 'shop',
      images: [
        {
          ...{ name: 'auth', repository: `${registry.host}/auth`, built: true },
          tag: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
          digest: expect.stringMatching(/^sha256:/) as string,
        },
      ],
    });
    expect(second.images).toEqual([{ ...first.images[0], built: false }]);
    expect(recorded.builds).toHaveLength(1);
    expect(brought).toHaveLength(2);
  });

  it('says what became of each step', async () => {
    const { environment, parts, ports } = await given();
    await buildImages(environment, ['auth'], parts, ports);
    const ended = ports.heard.flatMap((event) => (event.type === 'step-finished' ? [[event.id, event.outcome]] : []));
    expect(ended).toEqual([
      ['registry', 'done'],
      ['image/auth', 'done'],
    ]);
  });

  it('fails with the words of the engine, and its last lines', async () => {
    const { environment, parts, ports, recorded } = await given();
    recorded.during = () => Promise.reject(new PlatformError('tool', 'npm ci failed', { output: 'line 1\nline 2' }));
    expect(await errorOf(buildImages(environment, ['auth'], parts, ports))).toMatchObject({
      ...{ code: 'tool', message: 'npm ci failed', output: 'line 1\nline 2' },
    });
  });

  it('builds all without names, and names every one that failed', async () => {
    const { environment, parts, ports, recorded } = await given();
    recorded.during = () => Promise.reject(new PlatformError('tool', 'npm ci failed', { output: 'line 1' }));
    const error = await errorOf(buildImages(environment, [], parts, ports));
    expect(error.message).toBe('2 images failed: auth, gone');
    expect(error.output).toContain('auth: npm ci failed\n  line 1');
    expect(error.output).toMatch(/gone: images\.gone\.context: there is no folder .*nowhere/);
  });

  it('does nothing where there are no images', async () => {
    const environment = await environmentOf('');
    const { parts, brought } = await machineFor(environment);
    expect(await buildImages(environment, [], parts, recordingPorts())).toEqual({ environment: 'shop', images: [] });
    expect(brought).toEqual([]);
  });

  it('refuses a name that the environment does not have', async () => {
    const { environment, parts, ports } = await given();
    await expect(buildImages(environment, ['atuh'], parts, ports)).rejects.toMatchObject({
      ...{ code: 'usage', suggestions: ['its images are auth, gone'] },
    });
  });
});

describe('platform images list', () => {
  it('tells of each its sources, who runs it, and what the registry has', async () => {
    const { environment, parts, ports, images: known, recorded } = await given();
    const before = await listImages(environment, known, signal);
    await buildImages(environment, ['auth'], parts, ports);
    const after = await listImages(environment, known, signal);

    expect(before.images[0]).toMatchObject({ name: 'auth', releases: ['auth'], platforms: [] });
    expect(before.images[0]?.digest).toBeUndefined();
    expect(after.images[0]).toMatchObject({
      context: recorded.builds[0]?.context,
      digest: expect.stringMatching(/^sha256:/) as string,
      bytes: expect.any(Number) as number,
    });
    expect(after.images[0]?.bytes).toBeGreaterThan(10);
  });

  it('tells of one whose sources cannot be read why, and of the others all', async () => {
    const { environment, images: known } = await given();
    const { images: listed } = await listImages(environment, known, signal);
    expect(listed[1]?.problem).toMatch(/^images\.gone\.context: there is no folder/);
    expect(listed[0]?.tag).toMatch(/^[0-9a-f]{16}$/);
  });

  it('tells what it can while the registry does not run', async () => {
    const { environment, images: known, registry } = await given();
    await registry.stop();
    const { images: listed } = await listImages(environment, known, signal);
    expect(listed[0]).toMatchObject({ repository: `${registry.host}/auth` });
    expect(listed[0]?.problem).toBeUndefined();
  });
});
