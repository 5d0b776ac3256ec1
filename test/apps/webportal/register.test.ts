import { describe, expect, it } from 'vitest';
import { everythingUp, startFakeApi, type FakeAnswers } from './fake-api.js';
import { form, formHeaders, openPortal, wordsOf } from './open-portal.js';

const credentials = { name: 'ada-1815', password: 'correct horse' };
const user = { status: 201, body: { name: 'ada-1815', createdAt: '2026-11-21T10:00:00.000Z' } };
const session = { status: 201, body: { token: 'abc', name: 'ada-1815', expiresAt: '2040-01-02T03:04:05.000Z' } };

async function portalWith(answers: FakeAnswers) {
  const api = await startFakeApi({ ...everythingUp, ...answers });
  const { app } = await openPortal(api.url);
  const register = (fields: Readonly<Record<string, string>> = credentials) =>
    app.inject({ method: 'POST', url: '/register', headers: formHeaders, payload: form(fields) });
  return { api, app, register };
}

describe('registering', () => {
  it('says what names and passwords may be before they are typed', async () => {
    const { app } = await portalWith({});

    const page = await app.inject('/register');

    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('<title>Register - Portal</title>');
    expect(page.body).toMatch(/id="name"[^>]*aria-describedby="name-hint"/);
    expect(wordsOf(page.body)).toContain('3 to 32 lower-case letters, digits and hyphens');
  });

  it('makes the user and logs in at once', async () => {
    const { api, register } = await portalWith({ 'POST /api/users': user, 'POST /api/sessions': session });

    const answer = await register();

    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/profile?notice=registered');
    expect(answer.headers['set-cookie']).toContain('__Host-session=abc;');
    expect(api.requests.map(({ what, body }) => [what, JSON.parse(String(body)) as unknown])).toEqual([
      ['POST /api/users', credentials],
      ['POST /api/sessions', credentials],
    ]);
  });

  it('leads to the log-in when the account is there but no session can be had', async () => {
    const { register } = await portalWith({
      'POST /api/users': user,
      'POST /api/sessions': { status: 503, body: { error: 'Failed to communicate with Auth service' } },
    });

    const answer = await register();

    expect(answer.headers.location).toBe('/login?notice=registered');
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    [{ name: 'ab', password: 'long enough' }, ['name']],
    [{ name: 'a'.repeat(33), password: 'long enough' }, ['name']],
    [{ name: 'Ada Lovelace', password: 'long enough' }, ['name']],
    [{ name: 'ada', password: 'sevenxx' }, ['password']],
    [{ name: 'ada', password: 'x'.repeat(129) }, ['password']],
    [{}, ['name', 'password']],
  ])('asks nobody to register %j', async (fields, wrong) => {
    const { api, register } = await portalWith({});

    const page = await register(fields);

    expect(page.statusCode).toBe(400);
    const marked = [...page.body.matchAll(/<p class="problem" id="(\w+)-problem">/g)].map((match) => match[1]);
    expect(marked).toEqual(wrong);
    expect(api.requests.map(({ what }) => what)).toEqual(['GET /api/status']);
  });

  it('says beside the field that a name is taken', async () => {
    const { register } = await portalWith({ 'POST /api/users': { status: 409, body: { error: 'taken' } } });

    const page = await register();

    expect(page.statusCode).toBe(409);
    expect(page.body).toContain('<a href="#name">This name is taken</a>');
    expect(page.body).toContain('value="ada-1815"');
  });

  it('passes on, as text, what the auth service has against a name', async () => {
    const error = 'A name with <b> in it is not welcome';
    const { register } = await portalWith({ 'POST /api/users': { status: 400, body: { error } } });

    const page = await register();

    expect(page.statusCode).toBe(400);
    expect(page.body).toContain('<li>A name with &lt;b&gt; in it is not welcome</li>');
  });

  it('says who is away, with the form and a way to try again', async () => {
    const error = 'Failed to communicate with Auth service';
    const { register } = await portalWith({ 'POST /api/users': { status: 503, body: { error } } });

    const page = await register();

    expect(page.statusCode).toBe(503);
    expect(page.body).toContain(`<li>${error}</li>`);
    expect(page.body).toContain('<a href="/register">Try again</a>');
    expect(page.body).toContain('action="/register"');
  });
});
