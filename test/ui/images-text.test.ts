import { describe, expect, it } from 'vitest';
import { builtText, listedText, movedText } from '../../src/ui/images-text.js';
import { createStyle } from '../../src/ui/style.js';

const digest = `sha256:${'a'.repeat(64)}`;
const style = createStyle({ color: false, unicode: false });
const place = { repository: 'localhost:5001/auth', tag: '0123456789abcdef' };
const source = { context: '/srv/shop/app', dockerfile: '/srv/shop/app/Dockerfile', platforms: [] };

describe('images as they were built', () => {
  it('have where they are, and whether that was work', () => {
    const auth = { name: 'auth', ...place, digest, built: true };
    expect(builtText({ environment: 'shop', images: [auth, { ...auth, name: 'web', built: false }] })).toBe(
      [
        'auth  localhost:5001/auth:0123456789abcdef  sha256:aaaaaaaaaaaa  built',
        'web   localhost:5001/auth:0123456789abcdef  sha256:aaaaaaaaaaaa  was there',
      ].join('\n'),
    );
  });

  it('are none where the file has none', () => {
    expect(builtText({ environment: 'shop', images: [] })).toContain('shop builds no images');
  });
});

describe('the list of images', () => {
  it('shows sources, state and who runs them', () => {
    const images = [
      { name: 'auth', ...source, releases: ['auth', 'admin'], ...place, digest, bytes: 31 * 1024 ** 2 },
      { name: 'web', ...source, context: '/srv/shop', releases: [], ...place },
      { name: 'gone', ...source, releases: ['gone'], problem: 'there is no folder' },
    ];
    expect(listedText({ environment: 'shop', images }, '/srv/shop')).toBe(
      [
        'image  context  tag               in the registry              used by',
        'auth   app      0123456789abcdef  sha256:aaaaaaaaaaaa  31 MiB  auth, admin',
        'web    .        0123456789abcdef  no                           no release',
        'gone   app                        there is no folder           gone',
      ].join('\n'),
    );
  });
});

describe('images that were copied', () => {
  it('have a line each, their sum, and what nodes have to be told', () => {
    const images = [
      { image: 'redis:7', digest, bytes: 3 * 1024 ** 2, wasThere: false, original: digest },
      { image: 'quay.io/cm:1', bytes: 0, wasThere: true },
    ];
    expect(movedText({ to: 'localhost:5001', images, unmirrored: ['docker.io', 'quay.io'] }, style)).toBe(
      [
        'redis:7       sha256:aaaaaaaaaaaa  3 MiB',
        'quay.io/cm:1                       was there',
        '',
        '+ localhost:5001 has 2 images; 1 copied, 3 MiB',
        '! under another digest, because only some platforms were copied: redis:7',
        '! nodes still ask docker.io, quay.io themselves',
        '> local: { mirrors: { docker.io: local, quay.io: local } } in the environment file',
      ].join('\n'),
    );
  });
});
