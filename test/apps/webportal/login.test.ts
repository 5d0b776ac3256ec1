import { describe, expect, it } from 'vitest';
import { everythingUp, startFakeApi, type FakeAnswers } from './fake-api.js';
import { form, formHeaders, openPortal, wordsOf, silentUrl, vacantUrl } from './open-portal.js';

const credentials = { name: 'ada', password: 'correct horse' };

async function portalWith(answers: FakeAnswers) {
  const api = await startFakeApi({ ...everythingUp, ...answers });
  const { app } = await openPortal(api.url);
  const logIn = (fields: Readonly<Record<string, string>> = credentials) =>
    app.inject({ method: 'POST', url: '/login', headers: formHeaders, payload: form(fields) });
  return { api, app, logIn };
}

describe('logging in', () => {
  it('shows a form with labels for its fields', async () => {
    const { app } = await portalWith({});

    const page = await app.inject('/login');

    expect(page.statusCode).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<title>Log in - Portal</title>');
    expect(page.body).toContain('<label for="name">Name</label>');
    expect(page.body).toContain('<label for="password">Password</label>');
    expect(page.body).not.toContain('role="alert"');
  });

  it('keeps the session in a cookie that neither scripts nor other sites get, and goes on to the profile', async () => {
    const { api, logIn } = await portalWith({
      'POST /api/sessions': {
        status: 201,
        body: { token: 'abc-123_X', name: 'ada', expiresAt: '2040-01-02T03:04:05.000Z' },
      },
    });

    const answer = await logIn({ name: ' ada ', password: ' spaces stay ' });

    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/profile');
    expect(answer.headers['set-cookie']).toBe(
      '__Host-session=abc-123_X; Path=/; Expires=Mon, 02 Jan 2040 03:04:05 GMT; HttpOnly; Secure; SameSite=Lax',
    );
    expect(JSON.parse(String(api.requests.at(-1)?.body))).toEqual({ name: 'ada', password: ' spaces stay ' });
  });

  it('says that name or password is wrong without saying which, and never sends a password back', async () => {
    const { logIn } = await portalWith({
      'POST /api/sessions': { status: 401, body: { error: 'no such user' } },
    });

    const page = await logIn();

    expect(page.statusCode).toBe(401);
    expect(wordsOf(page.body)).toContain('There is a problem Wrong name or password');
    expect(page.body).toContain('<title>Error: Log in - Portal</title>');
    expect(page.body).toContain('value="ada"');
    expect(page.body).not.toContain(credentials.password);
    expect(page.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    [{ 'retry-after': '30' }, 'Too many tries. Wait 30 seconds and try again'],
    [{ 'retry-after': '1' }, 'Too many tries. Wait 1 second and try again'],
    [{}, 'Too many tries. Wait a minute and try again'],
  ])('asks somebody who guesses to wait (%o)', async (headers, sentence) => {
    const { logIn } = await portalWith({
      'POST /api/sessions': { status: 429, body: { error: 'Too many' }, headers },
    });

    const page = await logIn();

    expect(page.statusCode).toBe(429);
    expect(wordsOf(page.body)).toContain(sentence);
  });

  it('asks for what is missing, beside each field and in a list that leads to it', async () => {
    const { api, logIn } = await portalWith({});

    const page = await logIn({ name: '  ' });

    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('<a href="#name">Enter your name</a>');
    expect(page.body).toContain('<a href="#password">Enter your password</a>');
    expect(page.body).toMatch(/<p class="problem" id="name-problem">\s*Enter your name\s*<\/p>/);
    expect(page.body).toMatch(/id="name"[^>]*aria-describedby="name-problem"[^>]*aria-invalid="true"/);
    expect(api.requests.map(({ what }) => what)).toEqual(['GET /api/status']);
  });

  it('takes a field that comes twice for missing', async () => {
    const { app } = await portalWith({});

    const page = await app.inject({
      method: 'POST',
      url: '/login',
      headers: formHeaders,
      payload: 'name=ada&name=eve&password=correct+horse',
    });

    expect(page.statusCode).toBe(400);
    expect(wordsOf(page.body)).toContain('Enter your name');
  });

  it('writes a name that is HTML as text', async () => {
    const { logIn } = await portalWith({ 'POST /api/sessions': { status: 401, body: { error: 'no' } } });

    const page = await logIn({ name: '"><script>alert(1)</script>', password: 'x' });

    expect(page.body).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(page.body).not.toContain('<script>');
  });
});

describe('logging in while the auth service is away', () => {
  const sentence = 'Failed to communicate with Auth service';
  const away: FakeAnswers = {
    'GET /api/status': { status: 200, body: { auth: 'down', images: 'up' } },
    'POST /api/sessions': { status: 503, body: { error: sentence } },
  };

  it('says so with the form and a way to try again, before and after it is sent', async () => {
    const { app, logIn } = await portalWith(away);

    for (const page of [await app.inject('/login'), await logIn(), await logIn({})]) {
      expect(page.statusCode).toBe(503);
      expect(page.headers['retry-after']).toBe('5');
      expect(page.body).toContain(`<li>${sentence}</li>`);
      expect(page.body).toContain('<a href="/login">Try again</a>');
      expect(page.body).toContain('action="/login"');
    }
  });

  it('is as before once it is back', async () => {
    const { api, app } = await portalWith(away);
    await app.inject('/login');

    Object.assign(api.answers, everythingUp);

    const page = await app.inject('/login');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toContain(sentence);
  });
});

describe('logging in while the api is away', () => {
  const sentence = 'Failed to communicate with API service';

  it.each([
    ['nobody listens', vacantUrl],
    ['it takes the request and never answers', silentUrl],
  ])('says so within two seconds when %s', async (_case, apiUrl) => {
    const service = await openPortal(await apiUrl());
    const { port } = await service.listen();
    const address = `http://127.0.0.1:${String(port)}/login`;
    const ask = (init: RequestInit) => fetch(address, { ...init, signal: AbortSignal.timeout(10_000) });

    const pages = await Promise.all([
      ask({}),
      ask({ method: 'POST', headers: formHeaders, body: form(credentials) }),
      ask({ method: 'POST', headers: formHeaders, body: '' }),
    ]);

    for (const page of pages) {
      expect(page.status).toBe(503);
      expect(await page.text()).toContain(`<li>${sentence}</li>`);
    }
  });

  it.each([
    ['fails', { status: 500, body: { error: 'Something went wrong here' } }],
    ['speaks another language', { status: 200, body: { status: 'fine' } }],
    ['is a proxy without anything behind it', { status: 503, body: 'no available server' }],
    ['sends us elsewhere', { status: 302, headers: { location: '/' } }],
  ])('says so when it %s', async (_case, answer) => {
    const { app, logIn } = await portalWith({ 'GET /api/status': answer, 'POST /api/sessions': answer });

    for (const page of [await app.inject('/login'), await logIn()]) {
      expect(page.statusCode).toBe(503);
      expect(page.body).toContain(`<li>${sentence}</li>`);
    }
  });
});
