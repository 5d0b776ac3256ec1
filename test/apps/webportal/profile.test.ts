import { describe, expect, it } from 'vitest';
import { everythingUp, startFakeApi, type FakeAnswers } from './fake-api.js';
import { openPortal, sessionCookie, wordsOf, vacantUrl } from './open-portal.js';

const headers = { cookie: sessionCookie };
const ada = { name: 'ada', createdAt: '2026-11-21T23:30:00.000Z', picture: null };

async function portalWith(answers: FakeAnswers) {
  const api = await startFakeApi({ ...everythingUp, ...answers });
  const { app } = await openPortal(api.url);
  return { api, app };
}

describe('the profile', () => {
  it('shows who is logged in and since when there is an account', async () => {
    const { api, app } = await portalWith({ 'GET /api/profile': { status: 200, body: ada } });

    const page = await app.inject({ url: '/profile', headers });

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<h1>ada</h1>');
    expect(page.body).toContain('<time datetime="2026-11-21T23:30:00.000Z">November 21, 2026</time>');
    expect(wordsOf(page.body)).toContain('No picture yet');
    expect(wordsOf(page.body)).toContain('A PNG file of at most 5 MB');
    expect(api.requests.at(-1)?.headers.authorization).toBe('Bearer a-token');
  });

  it('shows the picture from where browsers reach the images', async () => {
    const body = { ...ada, picture: '/uploads/3f2a-b.png' };
    const { app } = await portalWith({ 'GET /api/profile': { status: 200, body } });

    const page = await app.inject({ url: '/profile', headers });

    expect(page.body).toMatch(
      /<img[^>]*src="https:\/\/images\.shop\.localhost\/uploads\/3f2a-b\.png"[^>]*alt="Picture of ada"/,
    );
    expect(wordsOf(page.body)).toContain('New picture');
  });

  it('writes a name that is HTML as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const { app } = await portalWith({ 'GET /api/profile': { status: 200, body: { ...ada, name } } });

    const page = await app.inject({ url: '/profile', headers });

    expect(page.body).toContain('<h1>&lt;img src=x onerror=alert(1)&gt;</h1>');
    expect(page.body).not.toContain('<img src=x');
  });

  it.each(['https://elsewhere.example/x.png', '/uploads/../x.png', 'javascript:alert(1)'])(
    'takes no picture from elsewhere (%s)',
    async (picture) => {
      const { app } = await portalWith({ 'GET /api/profile': { status: 200, body: { ...ada, picture } } });

      const page = await app.inject({ url: '/profile', headers });

      expect(page.statusCode).toBe(503);
      expect(page.body).not.toContain(picture);
    },
  );

  it.each([{}, { cookie: '__Host-session=' }, { cookie: '__Host-session=a%0d%0ab' }, { cookie: 'session=a-token' }])(
    'leads to the log-in without a session (%j)',
    async (without) => {
      const { api, app } = await portalWith({});

      const answer = await app.inject({ url: '/profile', headers: without });

      expect(answer.statusCode).toBe(303);
      expect(answer.headers.location).toBe('/login');
      expect(api.requests).toEqual([]);
    },
  );

  it('forgets a session that has ended and says so at the log-in', async () => {
    const { app } = await portalWith({ 'GET /api/profile': { status: 401, body: { error: 'expired' } } });

    const answer = await app.inject({ url: '/profile', headers });
    const location = String(answer.headers.location);
    const next = await app.inject(location);

    expect(location).toBe('/login?notice=session-ended');
    expect(answer.headers['set-cookie']).toMatch(/^__Host-session=; .*Expires=Thu, 01 Jan 1970/);
    expect(wordsOf(next.body)).toContain('Your session has ended. Log in to go on.');
  });

  it('keeps the session while the auth service is away', async () => {
    const error = 'Failed to communicate with Auth service';
    const { app } = await portalWith({ 'GET /api/profile': { status: 503, body: { error } } });

    const page = await app.inject({ url: '/profile', headers });

    expect(page.statusCode).toBe(503);
    expect(page.body).toContain(`<li>${error}</li>`);
    expect(page.body).toContain('<a href="/profile">Try again</a>');
    expect(page.headers['set-cookie']).toBeUndefined();
  });
});

describe('logging out', () => {
  const logOut = { method: 'POST', url: '/logout', headers } as const;

  it('ends the session and forgets it', async () => {
    const { api, app } = await portalWith({ 'DELETE /api/sessions': { status: 204 } });

    const answer = await app.inject(logOut);

    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/?notice=logged-out');
    expect(answer.headers['set-cookie']).toMatch(/^__Host-session=; .*Expires=Thu, 01 Jan 1970/);
    expect(api.requests.map(({ what, headers }) => [what, headers.authorization])).toEqual([
      ['DELETE /api/sessions', 'Bearer a-token'],
    ]);
  });

  it('forgets it even if nobody answers, and says that it goes on elsewhere', async () => {
    const { app } = await openPortal(await vacantUrl());

    const answer = await app.inject(logOut);
    const next = await app.inject(String(answer.headers.location));

    expect(answer.headers['set-cookie']).toMatch(/^__Host-session=; /);
    expect(wordsOf(next.body)).toContain('You are logged out in this browser. The service did not answer');
  });

  it('has nothing to ask without a session', async () => {
    const { api, app } = await portalWith({});

    const answer = await app.inject({ method: 'POST', url: '/logout' });

    expect(answer.headers.location).toBe('/?notice=logged-out');
    expect(api.requests).toEqual([]);
  });
});

describe('the home page', () => {
  it('leads in, whatever is away', async () => {
    const { app } = await openPortal(await vacantUrl());

    const page = await app.inject('/');

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('href="/register"');
    expect(page.body).toContain('href="/login"');
    expect(page.body).not.toContain('action="/logout"');
  });

  it('leads to the profile for somebody who has a session', async () => {
    const { app } = await openPortal(await vacantUrl());

    const page = await app.inject({ url: '/', headers });

    expect(page.body).toContain('href="/profile"');
    expect(page.body).toContain('action="/logout"');
    expect(page.body).not.toContain('href="/login"');
  });

  it('announces nothing that it does not know', async () => {
    const { app } = await openPortal(await vacantUrl());

    for (const notice of ['You won a prize', 'toString', '__proto__']) {
      const page = await app.inject(`/?notice=${encodeURIComponent(notice)}`);
      expect(page.statusCode).toBe(200);
      expect(page.body).not.toContain('role="status"');
      expect(page.body).not.toContain(notice);
    }
  });
});
