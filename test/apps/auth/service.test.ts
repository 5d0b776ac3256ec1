import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auth } from '../../../assets/apps/src/auth/service.js';
import { openDatabase, type Database } from '../../../assets/apps/src/auth/database.js';
import { removeExpiredSessions } from '../../../assets/apps/src/auth/sessions.js';
import { blackHole, freePort } from '../ports.js';
import { ifPostgres, postgresPrograms, startPostgres, type Postgres } from '../postgres.js';
import { ask, askUntil, running } from '../running.js';

const ada = { name: 'ada-l', password: 'analytical engine' };
const away = { error: 'The database does not answer' };

describe.skipIf(postgresPrograms === undefined)(`users and sessions${ifPostgres}`, () => {
  let postgres: Postgres;
  let count = 0;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.remove());

  /** A service whose schema is there, and a name nobody has. */
  async function given(settings: Readonly<Record<string, string>> = {}) {
    const { url, service } = await running(auth, { ...postgres.environment, PASSWORD_COST: '1', ...settings });
    await askUntil(200, 'GET', `${url}/health/ready`);
    count += 1;
    return { url, service, name: `user-${String(count)}`, password: ada.password };
  }

  async function loggedIn(settings: Readonly<Record<string, string>> = {}) {
    const { url, name, password } = await given(settings);
    await ask('POST', `${url}/users`, { json: { name, password } });
    const { body } = await ask('POST', `${url}/sessions`, { json: { name, password } });
    return { url, name, token: (body as { token: string }).token };
  }

  it('registers, logs in, knows the session and ends it', async () => {
    const { url, name, password } = await given();

    const registered = await ask('POST', `${url}/users`, { json: { name, password } });
    expect(registered).toMatchObject({
      status: 201,
      body: { name, createdAt: expect.stringMatching(/^\d{4}-.*Z$/) as string },
    });

    const session = await ask('POST', `${url}/sessions`, { json: { name, password } });
    expect(session).toMatchObject({ status: 201, body: { name, expiresAt: expect.any(String) as string } });
    const { token } = session.body as { token: string };

    const current = await ask('GET', `${url}/sessions/current`, { token });
    expect(current).toMatchObject({
      status: 200,
      body: { name, picture: null, createdAt: expect.any(String) as string },
    });

    expect((await ask('DELETE', `${url}/sessions/current`, { token })).status).toBe(204);
    expect((await ask('GET', `${url}/sessions/current`, { token })).status).toBe(401);
  });

  it('remembers the path of a picture', async () => {
    const { url, token } = await loggedIn();

    const reply = await ask('PUT', `${url}/users/me/picture`, { token, json: { picture: '/uploads/a-1.png' } });

    expect(reply.status).toBe(204);
    expect((await ask('GET', `${url}/sessions/current`, { token })).body).toMatchObject({
      picture: '/uploads/a-1.png',
    });
  });

  it('refuses a picture elsewhere', async () => {
    const { url, token } = await loggedIn();
    for (const picture of ['https://evil.example/x.png', '/uploads/../x.png', 7]) {
      expect((await ask('PUT', `${url}/users/me/picture`, { token, json: { picture } })).status).toBe(400);
    }
  });

  it('gives a name once, also to two who ask at the same time', async () => {
    const { url, name, password } = await given();

    const replies = await Promise.all([1, 2].map(() => ask('POST', `${url}/users`, { json: { name, password } })));

    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(replies.find(({ status }) => status === 409)?.body).toEqual({ error: `The name ${name} is taken` });
  });

  it.each([
    [{ name: 'ab', password: ada.password }, 'name: expected 3 to 32 characters out of a-z, 0-9 and -'],
    [{ name: 'Ada', password: ada.password }, 'name: expected 3 to 32 characters out of a-z, 0-9 and -'],
    [{ name: 'x'.repeat(33), password: ada.password }, 'name: expected 3 to 32 characters out of a-z, 0-9 and -'],
    [{ name: 'ada', password: 'seven77' }, 'password: expected 8 to 128 characters'],
    [{ name: 'ada', password: 'x'.repeat(129) }, 'password: expected 8 to 128 characters'],
    [{ name: 'ada' }, 'password: expected a text'],
    [[], 'The request: Invalid input: expected object, received array'],
  ])('refuses to register %j', async (json, error) => {
    const { url } = await given();
    expect(await ask('POST', `${url}/users`, { json })).toMatchObject({ status: 400, body: { error } });
  });

  it('says the same of a wrong password and of an unknown name', async () => {
    const { url, name, password } = await given();
    await ask('POST', `${url}/users`, { json: { name, password } });

    const wrong = await ask('POST', `${url}/sessions`, { json: { name, password: 'something else' } });
    const unknown = await ask('POST', `${url}/sessions`, { json: { name: 'nobody-here', password } });

    expect(wrong).toMatchObject({ status: 401, body: { error: 'The name or the password is wrong' } });
    expect(unknown).toMatchObject({ status: 401, body: wrong.body });
  });

  it.each([
    ['no header', undefined],
    ['another scheme', 'Basic YWRhOmFkYQ=='],
    ['an unknown token', 'Bearer abcdefghijklmnopqrstuvwxyz'],
    ['a token with a quote in it', "Bearer ' or 1=1"],
  ])('knows nobody by %s', async (_, authorization) => {
    const { url } = await given();
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const reply = await ask('GET', `${url}/sessions/current`, { headers });
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('slows who guesses, also with the right password at last, and nobody else', async () => {
    const { url, name, password } = await given({ LOGIN_FAILURES: '3' });
    await ask('POST', `${url}/users`, { json: { name, password } });
    for (let guess = 0; guess < 3; guess++) {
      expect((await ask('POST', `${url}/sessions`, { json: { name, password: 'a wrong guess' } })).status).toBe(401);
    }

    const fourth = await ask('POST', `${url}/sessions`, { json: { name, password } });
    const other = await ask('POST', `${url}/sessions`, { json: { name: 'someone-else', password } });

    expect(fourth).toMatchObject({
      status: 429,
      body: { error: expect.stringContaining('Too many wrong passwords') as string },
    });
    expect(Number(fourth.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(other.status).toBe(401);
  });

  it('tells many guesses sent at once nothing beyond the limit', async () => {
    const { url, name, password } = await given({ LOGIN_FAILURES: '2' });
    await ask('POST', `${url}/users`, { json: { name, password } });

    const guesses = Array.from({ length: 10 }, () =>
      ask('POST', `${url}/sessions`, { json: { name, password: 'guessed' } }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(2);
    expect(statuses.filter((status) => status === 429)).toHaveLength(8);
  });

  it('does not know a session that has expired', async () => {
    const { url, name, token } = await loggedIn();
    await postgres.query(`update sessions set expires_at = now() - interval '1 second'
      from users where users.id = user_id and name = '${name}'`);

    expect((await ask('GET', `${url}/sessions/current`, { token })).status).toBe(401);
  });

  it('removes expired sessions and no others', async () => {
    const { name } = await loggedIn();
    const { name: late } = await loggedIn();
    await postgres.query(`update sessions set expires_at = now() - interval '1 second'
      from users where users.id = user_id and name = '${late}'`);

    await removeExpiredSessions((text) => postgres.query(text) as Promise<never[]>);

    const rows = await postgres.query(
      `select name from users join sessions on user_id = users.id where name in ('${name}', '${late}')`,
    );
    expect(rows).toEqual([{ name }]);
  });

  it('stores neither passwords nor tokens', async () => {
    const { name, token } = await loggedIn();

    const [row] = await postgres.query(
      `select password, encode(token_digest, 'base64') as digest from users join sessions on user_id = users.id where name = '${name}'`,
    );

    expect(row?.['password']).toMatch(/^scrypt\$N=16384,r=8,p=1\$[\w+/=]+\$[\w+/=]+$/);
    expect(row?.['digest']).not.toContain(token);
  });

  it('is started several times at once on an empty database', async () => {
    const empty = await startPostgres();
    const troubles: string[] = [];
    const databases = Array.from({ length: 8 }, () =>
      openDatabase({
        host: '127.0.0.1',
        port: empty.port,
        database: 'postgres',
        user: 'auth',
        password: empty.environment['DATABASE_PASSWORD'] ?? '',
        tls: 'off',
        limitMs: 5_000,
        onTrouble: (message) => troubles.push(message),
      }),
    );
    try {
      for (const database of databases) while (!(await isPrepared(database)));
      expect(await empty.query('select version from schema_migrations')).toEqual([{ version: 1 }]);
      expect(troubles).toEqual([]);
    } finally {
      for (const database of databases) await database.close();
      await empty.remove();
    }
  });
});

async function isPrepared(database: Database): Promise<boolean> {
  await pause(20);
  return database
    .forOneRequest()('select from users limit 0')
    .then(Boolean, () => false);
}

describe.skipIf(postgresPrograms === undefined)(`a database that goes and comes back${ifPostgres}`, () => {
  async function given() {
    const postgres = await startPostgres();
    const { url } = await running(auth, { ...postgres.environment, PASSWORD_COST: '1' });
    await askUntil(200, 'GET', `${url}/health/ready`);
    await ask('POST', `${url}/users`, { json: ada });
    return { postgres, url };
  }

  it.each(['freeze', 'stop'] as const)('says so in time after %s, and recovers by itself', async (fault) => {
    const { postgres, url } = await given();
    try {
      await postgres[fault]();
      const replies = await Promise.all([
        ask('POST', `${url}/sessions`, { json: ada, withinMs: 10_000 }),
        ask('POST', `${url}/users`, { json: { ...ada, name: 'babbage' }, withinMs: 10_000 }),
        ask('GET', `${url}/health/ready`, { withinMs: 10_000 }),
        ask('GET', `${url}/sessions/current`, { token: 'some-token', withinMs: 10_000 }),
      ]);
      for (const reply of replies) expect(reply).toMatchObject({ status: 503, body: away });
      expect((await ask('GET', `${url}/health/live`)).status).toBe(200);

      await postgres[fault === 'freeze' ? 'thaw' : 'start']();
      expect(await askUntil(201, 'POST', `${url}/sessions`, { json: ada })).toMatchObject({ body: { name: ada.name } });
    } finally {
      await postgres.remove();
    }
  });

  it('makes its tables again in a database that came back empty', async () => {
    const { postgres, url } = await given();
    try {
      await postgres.query('drop table users, sessions, schema_migrations');
      await askUntil(200, 'GET', `${url}/health/ready`);
      expect((await ask('POST', `${url}/users`, { json: ada })).status).toBe(201);
    } finally {
      await postgres.remove();
    }
  });
});

describe('a database that was never there', () => {
  it.each([
    ['whose port refuses', freePort],
    ['whose packets are dropped', blackHole],
  ])('%s is reported in time', async (_, port) => {
    const environment = {
      DATABASE_HOST: '127.0.0.1',
      DATABASE_PORT: String(await port()),
      DATABASE_NAME: 'auth',
      DATABASE_USER: 'auth',
      DATABASE_PASSWORD: 'x',
    };
    const { url } = await running(auth, environment);

    const reply = await ask('POST', `${url}/sessions`, { json: ada, withinMs: 10_000 });

    expect(reply).toMatchObject({ status: 503, body: away });
    expect((await ask('GET', `${url}/health/ready`, { withinMs: 10_000 })).status).toBe(503);
    expect((await ask('GET', `${url}/health/live`)).status).toBe(200);
  });
});
