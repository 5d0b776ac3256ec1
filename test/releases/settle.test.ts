import { describe, expect, it } from 'vitest';
import { asItIs, imageId, withLayer } from '../../src/releases/settle.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { release } from './release.js';

const layer = (origin: string, tag: string) => ({ origin, values: { image: { tag } } });
const originsOf = ({ values }: { readonly values: readonly { readonly origin: string }[] }) =>
  values.map(({ origin }) => origin);

describe('a layer of values that only the world knows', () => {
  it('wins over what files say', () => {
    const given = release('auth', { values: [layer('blueprint shop', 'v0'), layer('platform.yaml', 'v1')] });
    const settled = withLayer(given, 'image auth', { image: { tag: 'built' } });
    expect(originsOf(settled)).toEqual(['blueprint shop', 'platform.yaml', 'image auth']);
    expect(mergeValues(settled.values)).toEqual({ image: { tag: 'built' } });
  });

  it('yields to all that the command line says', () => {
    const flags = [layer('--set', 'v2'), { origin: '--set', values: { replicas: 2 } }];
    const given = release('auth', { values: [layer('platform.yaml', 'v1'), ...flags] });
    const settled = withLayer(given, 'image auth', { image: { tag: 'built' } });
    expect(originsOf(settled)).toEqual(['platform.yaml', 'image auth', '--set', '--set']);
    expect(mergeValues(settled.values)).toEqual({ image: { tag: 'v2' }, replicas: 2 });
  });

  it('takes the place of an earlier one of the same origin and of no other', () => {
    const given = release('auth', { values: [layer('platform.yaml', 'v1')] });
    const once = withLayer(given, 'image auth', { image: { tag: 'built', old: true } });
    const twice = withLayer(once, 'image auth', { image: { tag: 'again' } });
    expect(originsOf(twice)).toEqual(['platform.yaml', 'image auth']);
    expect(mergeValues(twice.values)).toEqual({ image: { tag: 'again' } });
    expect(originsOf(withLayer(twice, 'this cluster', {}))).toEqual(['platform.yaml', 'image auth', 'this cluster']);
  });

  it('leaves the given release as it was', () => {
    const given = release('auth', { values: [layer('platform.yaml', 'v1')] });
    withLayer(given, 'image auth', { image: { tag: 'built' } });
    expect(originsOf(given)).toEqual(['platform.yaml']);
  });
});

describe('a release that needs nothing from the world', () => {
  it('stays as it is', async () => {
    const given = release('auth');
    expect(await asItIs(given, new AbortController().signal)).toBe(given);
  });
});

describe('the step that builds an image', () => {
  it('is called by the name of the image', () => {
    expect(imageId('auth')).toBe('image/auth');
  });
});
