import { describe, expect, it } from 'vitest';
import { api } from '../../../assets/apps/src/api/service.js';
import { samplePng } from '../../../assets/apps/src/images/sample.js';
import { blackHole, freePort } from '../ports.js';
import { ask, running } from '../running.js';
import { upstream, type Answer, type Received } from './upstreams.js';

const createdAt = '2026-01-31T12:00:00.000Z';
const sentence = { error: 'Failed to communicate with Auth service' };
const png = new Uint8Array(samplePng());

/** Auth as it answers when all is well. */
function healthyAuth({ method, path, headers }: Received): Answer {
  if (path === '/health/ready') return { status: 200, body: {} };
  if (method === 'POST' && path === '/users') return { status: 201, body: { name: 'ada', createdAt } };
  if (method === 'POST') return { status: 201, body: { token: 't', name: 'ada', expiresAt: createdAt } };
  if (headers.authorization !== 'Bearer t') {
    return { status: 401, body: { error: 'There is no such session' }, headers: { 'www-authenticate': 'Bearer' } };
  }
  if (method === 'GET') return { status: 200, body: { name: 'ada', createdAt, picture: null } };
  return { status: 204, body: '' };
}

const healthyImages = ({ method, path }: Received): Answer =>
  method === 'PUT' ? { status: 201, body: { name: 'x', url: path } } : { status: 200, body: {} };

async function given(
  answers: { readonly auth?: (received: Received) => Answer; readonly images?: (received: Received) => Answer } = {},
  settings: Readonly<Record<string, string>> = {},
) {
  const auth = await upstream(answers.auth ?? healthyAuth);
  const images = await upstream(answers.images ?? healthyImages);
  const { url, metricsUrl } = await running(api, { AUTH_URL: auth.url, IMAGES_URL: `${images.url}/`, ...settings });
  return { url, metricsUrl, auth, images };
}

const upload = { token: 't', headers: { 'content-type': 'image/png' }, body: png };

describe('the gateway', () => {
  it('registers, logs in, shows the profile and logs out', async () => {
    const { url, auth } = await given();
    const json = { name: 'ada', password: 'analytical engine' };

    expect(await ask('POST', `${url}/api/users`, { json })).toMatchObject({
      status: 201,
      body: { name: 'ada', createdAt },
    });
    expect(await ask('POST', `${url}/api/sessions`, { json })).toMatchObject({ status: 201, body: { token: 't' } });
    const profile = await ask('GET', `${url}/api/profile`, { token: 't' });
    expect(profile).toMatchObject({ status: 200, body: { name: 'ada', createdAt, picture: null } });
    expect((await ask('DELETE', `${url}/api/sessions`, { token: 't' })).status).toBe(204);

    expect(auth.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /users',
      'POST /sessions',
      'GET /sessions/current',
      'DELETE /sessions/current',
    ]);
    expect(auth.received[0]?.body).toBe(JSON.stringify(json));
  });

  it.each([
    [409, { error: 'The name ada is taken' }, {}],
    [400, { error: 'name: expected 3 to 32 characters' }, {}],
    [429, { error: 'Too many wrong passwords' }, { 'retry-after': '60' }],
  ])('passes a refusal with status %i on', async (status, body, headers) => {
    const { url } = await given({ auth: () => ({ status, body, headers }) });
    const reply = await ask('POST', `${url}/api/sessions`, { json: {} });
    expect(reply).toMatchObject({ status, body });
    for (const [name, value] of Object.entries(headers)) expect(reply.headers.get(name)).toBe(value);
  });

  it('lets auth judge a session', async () => {
    const { url } = await given();
    const reply = await ask('GET', `${url}/api/profile`, { token: 'other' });
    expect(reply).toMatchObject({ status: 401, body: { error: 'There is no such session' } });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('hands on the id of the request and its trace', async () => {
    const { url, auth } = await given();
    const trace = '0af7651916cd43dd8448eb211c80319c';
    const reply = await ask('GET', `${url}/api/profile`, {
      token: 't',
      headers: { 'x-request-id': 'request-7', traceparent: `00-${trace}-b7ad6b7169203331-01`, tracestate: 'vendor=1' },
    });

    expect(reply.headers.get('x-request-id')).toBe('request-7');
    const { headers } = auth.received[0] ?? {};
    expect(headers?.['x-request-id']).toBe('request-7');
    expect(headers?.['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    expect(headers?.['traceparent']).not.toContain('b7ad6b7169203331');
    expect(headers?.['tracestate']).toBe('vendor=1');
  });
});

describe('auth is away', () => {
  const ways: readonly (readonly [string, () => Promise<string>])[] = [
    ['refuses connections', async () => `http://127.0.0.1:${String(await freePort())}`],
    ['drops packets', async () => `http://127.0.0.1:${String(await blackHole())}`],
    ['takes the request and never answers', async () => (await upstream(() => 'hang')).url],
    ['breaks the connection', async () => (await upstream(() => 'cut')).url],
    ['answers 500', async () => (await upstream(() => ({ status: 500, body: { error: 'x' } }))).url],
    ['answers 503', async () => (await upstream(() => ({ status: 503, body: { error: 'x' } }))).url],
    ['answers something else', async () => (await upstream(() => ({ status: 200, body: '<html>' }))).url],
    ['answers another shape', async () => (await upstream(() => ({ status: 201, body: { surprise: 1 } }))).url],
    ['refuses in words of somebody else', async () => (await upstream(() => ({ status: 404, body: 'nginx' }))).url],
    [
      'sends elsewhere',
      async () => (await upstream(() => ({ status: 302, body: '', headers: { location: '/' } }))).url,
    ],
  ];

  it.each(ways)('when it %s, every route that needs it says so in time', async (_, start) => {
    const { url } = await given({}, { AUTH_URL: await start() });
    const withinMs = 10_000;
    const replies = await Promise.all([
      ask('POST', `${url}/api/sessions`, { json: { name: 'ada', password: 'x' }, withinMs }),
      ask('POST', `${url}/api/users`, { json: { name: 'ada', password: 'x' }, withinMs }),
      ask('GET', `${url}/api/profile`, { token: 't', withinMs }),
      ask('PUT', `${url}/api/picture`, { ...upload, withinMs }),
    ]);
    for (const reply of replies) expect(reply).toMatchObject({ status: 503, body: sentence });
  });

  it('is itself well all the time', async () => {
    const { url } = await given({}, { AUTH_URL: `http://127.0.0.1:${String(await blackHole())}` });
    expect((await ask('GET', `${url}/health/ready`)).status).toBe(200);
  });

  it('counts the time of all questions of one request together', async () => {
    // Auth is slow at first, and away when it is told about the picture.
    const profile = { status: 200, body: { name: 'ada', createdAt, picture: null }, afterMs: 1_000 };
    const auth = ({ method }: Received): Answer => (method === 'PUT' ? 'hang' : profile);
    const { url } = await given({ auth });
    expect(await ask('PUT', `${url}/api/picture`, { ...upload, withinMs: 10_000 })).toMatchObject({
      status: 503,
      body: sentence,
    });
  });

  it('does not ask a second time for what changes something', async () => {
    const { url, auth } = await given({ auth: () => 'cut' });
    await ask('POST', `${url}/api/sessions`, { json: {} });
    expect(auth.received).toHaveLength(1);
    await ask('GET', `${url}/api/profile`);
    expect(auth.received).toHaveLength(3);
  });
});

describe('uploading a picture', () => {
  it('stores it under a name nobody can guess and tells auth', async () => {
    const { url, auth, images } = await given({}, { IMAGES_TOKEN: 'secret' });

    const first = await ask('PUT', `${url}/api/picture`, upload);
    const second = await ask('PUT', `${url}/api/picture`, upload);

    expect(first.status).toBe(201);
    const { picture } = first.body as { picture: string };
    expect(picture).toMatch(/^\/uploads\/[0-9a-f-]{36}\.png$/);
    expect(second.body).not.toEqual(first.body);
    expect(images.received[0]).toMatchObject({
      method: 'PUT',
      path: picture,
      headers: { 'content-type': 'image/png', authorization: 'Bearer secret' },
      body: Buffer.from(png).toString('latin1'),
    });
    const told = auth.received.find(({ method }) => method === 'PUT');
    expect(told).toMatchObject({ path: '/users/me/picture', body: JSON.stringify({ picture }) });
    expect(told?.headers.authorization).toBe('Bearer t');
  });

  it('stores nothing for strangers', async () => {
    const { url, images } = await given();
    expect((await ask('PUT', `${url}/api/picture`, { ...upload, token: 'other' })).status).toBe(401);
    expect(images.received).toEqual([]);
  });

  it('passes on what is wrong with the picture, and nothing else', async () => {
    const refusing = await given({ images: () => ({ status: 400, body: { error: 'This is not a PNG' } }) });
    expect(await ask('PUT', `${refusing.url}/api/picture`, upload)).toMatchObject({
      status: 400,
      body: { error: 'This is not a PNG' },
    });

    for (const answer of [
      { status: 401, body: { error: 'Uploads need the token' } },
      { status: 500, body: '' },
      'cut',
    ] as const) {
      const { url } = await given({ images: () => answer });
      expect(await ask('PUT', `${url}/api/picture`, upload)).toMatchObject({
        status: 503,
        body: { error: 'Failed to communicate with Images service' },
      });
    }
  });

  it('takes PNG up to the limit', async () => {
    const { url } = await given({}, { MAX_BYTES: '1024' });
    const small = { ...upload, body: png.slice(0, 1_024) };
    expect((await ask('PUT', `${url}/api/picture`, small)).status).toBe(201);
    expect((await ask('PUT', `${url}/api/picture`, upload)).status).toBe(413);
    expect((await ask('PUT', `${url}/api/picture`, { token: 't', json: {} })).status).toBe(415);
  });
});

describe('the state of dependencies', () => {
  it('is what they say of themselves, and follows them', async () => {
    let isReady = false;
    const auth = () => ({ status: isReady ? 200 : 503, body: {} });
    const { url, metricsUrl } = await given({ auth });

    const before = await ask('GET', `${url}/api/status`);
    expect(before).toMatchObject({ status: 200, body: { auth: 'down', images: 'up' } });
    expect((await ask('GET', metricsUrl)).body).toMatch(/^dependency_up\{dependency="auth"\} 0$/m);

    isReady = true;
    let body: unknown;
    do ({ body } = await ask('GET', `${url}/api/status`));
    while ((body as { auth: string }).auth !== 'up');
    expect((await ask('GET', metricsUrl)).body).toMatch(/^dependency_up\{dependency="auth"\} 1$/m);
    expect((await ask('GET', metricsUrl)).body).toMatch(/^dependency_up\{dependency="images"\} 1$/m);
  });

  it('is known in time when nothing answers', async () => {
    const { url } = await given({}, { AUTH_URL: `http://127.0.0.1:${String(await blackHole())}` });
    const reply = await ask('GET', `${url}/api/status`, { withinMs: 10_000 });
    expect(reply.body).toEqual({ auth: 'down', images: 'up' });
  });

  it('is asked for by itself', async () => {
    const { metricsUrl } = await given();
    const isThere = async () =>
      String((await ask('GET', metricsUrl)).body).includes('dependency_up{dependency="auth"} 1');
    do expect((await ask('GET', metricsUrl)).status).toBe(200);
    while (!(await isThere()));
  });
});
