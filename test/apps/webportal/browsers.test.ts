import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { everythingUp, startFakeApi } from './fake-api.js';
import { form, formHeaders, openPortal, sessionCookie, vacantUrl } from './open-portal.js';

const openApp = async () => (await openPortal(await vacantUrl())).app;

describe('what browsers may do with the pages', () => {
  it('allows nothing but the own files and the pictures', async () => {
    const app = await openApp();

    for (const url of ['/', '/login', '/no-such-page']) {
      const page = await app.inject(url);
      expect(page.headers['content-security-policy']).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: https://images.shop.localhost; " +
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(page.headers['x-content-type-options']).toBe('nosniff');
      expect(page.headers['referrer-policy']).toBe('same-origin');
      expect(page.headers['cache-control']).toBe('no-store');
    }
  });

  it('needs no script or style within the page', async () => {
    const app = await openApp();

    for (const url of ['/', '/login', '/register', '/no-such-page']) {
      const { body } = await app.inject(url);
      expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
      expect(body).toContain('<html lang="en">');
      expect(body.match(/<h1>/g)).toHaveLength(1);
    }
  });

  it('names the origin of the pictures, not a path below it', async () => {
    const { app } = await openPortal(await vacantUrl(), { IMAGES_URL: 'https://cdn.example.org:8443/shop/' });

    const page = await app.inject('/');

    expect(page.headers['content-security-policy']).toContain("img-src 'self' blob: https://cdn.example.org:8443;");
  });

  it('keeps stylesheet, script and icon for ever under the hash of their content', async () => {
    const app = await openApp();
    const { body } = await app.inject('/');

    const addresses = [...new Set([...body.matchAll(/"(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? ''))];

    const types: Record<string, unknown> = {};
    for (const address of addresses) {
      const file = await app.inject(address);
      expect(file.statusCode).toBe(200);
      expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(file.headers['x-content-type-options']).toBe('nosniff');
      const hash = createHash('sha256').update(file.rawPayload).digest('hex').slice(0, 16);
      types[address.replace(hash, 'HASH')] = file.headers['content-type'];
    }
    expect(types).toEqual({
      '/assets/portal.HASH.css': 'text/css; charset=utf-8',
      '/assets/portal.HASH.js': 'text/javascript; charset=utf-8',
      '/assets/portal.HASH.svg': 'image/svg+xml',
    });
  });
});

describe('a post that another site had a browser send', () => {
  const post = async (headers: Readonly<Record<string, string>>) => {
    const api = await startFakeApi({ ...everythingUp, 'DELETE /api/sessions': { status: 204 } });
    const { app } = await openPortal(api.url);
    const answer = await app.inject({
      method: 'POST',
      url: '/logout',
      headers: { host: 'webportal.shop.localhost', cookie: sessionCookie, ...headers },
    });
    return { status: answer.statusCode, cookie: answer.headers['set-cookie'], asked: api.requests.length };
  };

  it.each([
    ['by the word of the browser', { 'sec-fetch-site': 'cross-site' }],
    ['from a neighbour', { 'sec-fetch-site': 'same-site', origin: 'https://images.shop.localhost' }],
    ['whatever the origin seems to be', { 'sec-fetch-site': 'cross-site', origin: 'http://webportal.shop.localhost' }],
    ['by its origin, in an older browser', { origin: 'https://elsewhere.example' }],
    ['from a page without an origin', { origin: 'null' }],
    [
      'over plain HTTP to the same name',
      {
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'webportal.shop.localhost',
        origin: 'http://webportal.shop.localhost',
      },
    ],
  ])('is refused %s', async (_case, headers) => {
    expect(await post(headers)).toEqual({ status: 403, cookie: undefined, asked: 0 });
  });

  it.each([
    ['from a page of ours', { 'sec-fetch-site': 'same-origin' }],
    ['that somebody sent again with the reload button', { 'sec-fetch-site': 'none' }],
    ['from a page of ours in an older browser', { origin: 'http://webportal.shop.localhost' }],
    [
      'from a page of ours in an older browser behind a proxy that ends TLS',
      {
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'portal.example.org, inner',
        origin: 'https://portal.example.org',
      },
    ],
    ['from a program', {}],
  ])('is none when it comes %s', async (_case, headers) => {
    expect((await post(headers)).status).toBe(303);
  });
});

describe('what is no page', () => {
  it('is not found, with a way on', async () => {
    const app = await openApp();

    const page = await app.inject('/%3Cscript%3Ealert(1)%3C/script%3E');

    expect(page.statusCode).toBe(404);
    expect(page.body).toContain('<h1>There is no such page</h1>');
    expect(page.body).toContain('<a class="button" href="/">');
    expect(page.body).not.toContain('alert');
  });

  it.each([
    ['DELETE', '/login', 'GET, HEAD, POST'],
    ['PUT', '/profile?x=1', 'GET, HEAD'],
    ['GET', '/logout', 'POST'],
    ['POST', '/', 'GET, HEAD'],
  ] as const)('does not take %s %s', async (method, url, allow) => {
    const app = await openApp();

    const page = await app.inject({ method, url, headers: { 'content-type': 'application/json' }, payload: '{}' });

    expect(page.statusCode).toBe(405);
    expect(page.headers.allow).toBe(allow);
  });

  it('answers HEAD as GET without the page', async () => {
    const app = await openApp();

    const head = await app.inject({ method: 'HEAD', url: '/' });

    expect(head.statusCode).toBe(200);
    expect(head.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(head.body).toBe('');
  });

  it.each([
    ['JSON', 'application/json', '{"name":"ada"}', 415],
    ['a form that never ends', formHeaders['content-type'], form({ name: 'a'.repeat(100_000) }), 413],
  ])('does not understand %s', async (_case, type, payload, status) => {
    const app = await openApp();

    const page = await app.inject({ method: 'POST', url: '/login', headers: { 'content-type': type }, payload });

    expect(page.statusCode).toBe(status);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<h1>This request is not understood</h1>');
  });

  it('does not understand a picture that is no multipart form', async () => {
    const app = await openApp();

    const page = await app.inject({
      method: 'POST',
      url: '/picture',
      headers: { ...formHeaders, cookie: sessionCookie },
      payload: form({ picture: 'me.png' }),
    });

    expect(page.statusCode).toBe(406);
    expect(page.body).toContain('<h1>This request is not understood</h1>');
  });
});

describe('running in a cluster', () => {
  it('is ready whatever is away, and counts pages by their pattern', async () => {
    const service = await openPortal(await vacantUrl());
    await service.app.inject('/login?notice=registered');
    await service.app.inject('/some/where');

    const ready = await service.app.inject('/health/ready');

    expect(ready.statusCode).toBe(200);
    const metrics = await service.registry.metrics();
    expect(metrics).toContain('http_requests_total{method="GET",route="/login",status="503"} 1');
    expect(metrics).toContain('http_requests_total{method="GET",route="*",status="404"} 1');
    expect(metrics).not.toContain('some/where');
  });

  it.each([
    ['API_URL', { API_URL: '' }, 'API_URL is not set'],
    ['IMAGES_URL', { IMAGES_URL: 'images.shop.localhost' }, 'IMAGES_URL is "images.shop.localhost"'],
  ])('does not start without a proper %s', async (_name, environment, sentence) => {
    await expect(openPortal('http://api', environment)).rejects.toThrow(sentence);
  });
});
