import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageSteps } from '../../src/images/image-steps.js';
import type { Step } from '../../src/plan/step.js';
import { signal } from '../registry/given-images.js';
import { contextFor } from '../toolchain/fixture.js';
import { sourcesOf, workshop } from './given.js';

const machines = { network: 'kind', names: () => Promise.resolve([]), run: () => Promise.resolve('') };

function only(steps: readonly Step[]): Step {
  const [step] = steps;
  if (!step || steps.length > 1) throw new Error(`${String(steps.length)} steps`);
  return step;
}

async function given() {
  const source = await sourcesOf();
  const shop = await workshop({ auth: source });
  const stepOf = (images = shop.images) =>
    only(imageSteps({ ...shop.options, images, provider: { machines }, needs: ['registry'] }));
  return { ...shop, source, stepOf };
}

describe('the step of an image', () => {
  it('is needed while the registry has nothing of it, and satisfied once it is built', async () => {
    const { stepOf, images, again } = await given();
    const step = stepOf();
    const { tag } = await images.reference('auth');

    expect(step).toMatchObject({ id: 'image/auth', lane: 'image', needs: ['registry'] });
    expect(await step.check(contextFor())).toEqual({ status: 'needed', reason: 'not built yet' });
    expect(await step.apply(contextFor())).toMatch(new RegExp(`^${tag}, sha256:[0-9a-f]{12}$`));
    expect(await stepOf(again()).check(contextFor())).toEqual({ status: 'satisfied', detail: tag });
  });

  it('says that the sources changed where the registry has others', async () => {
    const { stepOf, source, again } = await given();
    await stepOf().apply(contextFor());
    await writeFile(join(source.context, 'main.js'), 'another');
    expect(await stepOf(again()).check(contextFor())).toEqual({ status: 'needed', reason: 'its sources changed' });
  });

  it('is needed while the registry does not run yet', async () => {
    const { stepOf, registry } = await given();
    await registry.stop();
    expect(await stepOf().check(contextFor())).toEqual({ status: 'needed', reason: 'not built yet' });
  });

  it('does not build what another run has built meanwhile', async () => {
    const { stepOf, again, recorded } = await given();
    const step = stepOf();
    await step.check(contextFor());
    await stepOf(again()).apply(contextFor());
    await step.apply(contextFor());
    expect(recorded.builds).toHaveLength(1);
  });

  it('is left out where no container runs, even without its sources', async () => {
    const { options } = await workshop({ auth: await sourcesOf({ context: '/nowhere' }) });
    const step = only(imageSteps({ ...options, provider: {}, needs: [] }));
    expect(await step.check(contextFor())).toEqual({ status: 'omitted', reason: 'no container runs here' });
  });

  it('asks the registry once while nothing has to be built', async () => {
    const { stepOf, again, registry } = await given();
    await stepOf().apply(contextFor());
    registry.requests.length = 0;
    const step = stepOf(again());
    await step.check(contextFor());
    await step.check(contextFor());
    expect(registry.requests).toHaveLength(1);
  });
});

describe('the steps of images', () => {
  it('are those that are named, each once, or all', async () => {
    const { options } = await workshop({ auth: await sourcesOf(), web: await sourcesOf() });
    const ids = (names?: string[]) =>
      imageSteps({ ...options, ...(names && { names }), needs: [] }).map(({ id }) => id);
    expect(ids()).toEqual(['image/auth', 'image/web']);
    expect(ids(['web', 'web'])).toEqual(['image/web']);
    expect(() => ids(['wbe'])).toThrow('the environment builds no image wbe');
  });
});

describe('what is known of an image before it is built', () => {
  it('is where it will be; its digest only when the registry has it', async () => {
    const { images, registry, stepOf } = await given();
    expect(await images.reference('auth')).toEqual({
      repository: `${registry.host}/auth`,
      tag: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(await images.digest('auth', signal)).toBeUndefined();
    await stepOf().apply(contextFor());
    expect(await images.digest('auth', signal)).toMatch(/^sha256:/);
  });

  it('names the images that there are for another name', async () => {
    const { images } = await given();
    await expect(images.reference('wbe')).rejects.toMatchObject({
      code: 'usage',
      suggestions: ['its images are auth'],
    });
  });
});
