import { describe, expect, it } from 'vitest';
import { looksSecret, redact, redactText } from '../../src/environment/redact.js';

describe('keys', () => {
  it.each([
    'password',
    'adminPassword',
    'DB_PASSWORD',
    'passwd',
    'clientSecret',
    'userPassword',
    'autoLoginToken',
    'token',
    'authToken',
    'api_key',
    'apiKey',
    'key',
    'privateKey',
    'aws-credentials',
    'DSN',
  ])('%s looks secret', (key) => {
    expect(looksSecret(key)).toBe(true);
  });

  it.each([
    'secretName',
    'existingSecret',
    'passwordRef',
    'tokenFile',
    'keyboard',
    'monkey',
    'image',
    'secretNamespace',
  ])('%s does not', (key) => {
    expect(looksSecret(key)).toBe(false);
  });
});

describe('redacting values', () => {
  it('masks by key, whatever is below it', () => {
    expect(
      redact({
        ...{ adminPassword: 'hunter2', pin: 1, passwords: ['a', 'b'], secret: { a: { b: 'x' } }, token: 12345 },
      }),
    ).toEqual({ adminPassword: '***', pin: 1, passwords: ['***', '***'], secret: { a: { b: '***' } }, token: '***' });
  });

  it('shows references to secrets, also below a key that looks secret', () => {
    const values = { password: { secret: 'postgres/password' }, env: { DATABASE: { secret: 'postgres/url' } } };
    expect(redact(values)).toEqual(values);
  });

  it('masks what only looks like a reference', () => {
    expect(redact({ oauth: { secret: 'hunter2' } })).toEqual({ oauth: { secret: '***' } });
  });

  it('leaves switches and empty values, which tell nothing', () => {
    const values = { automountServiceAccountToken: true, password: '', token: null, existingSecret: 'grafana-admin' };
    expect(redact(values)).toEqual(values);
  });

  it('masks the value of a variable that is named like a secret', () => {
    expect(
      redact({
        env: [
          { name: 'DB_PASSWORD', value: 'hunter2' },
          { name: 'DB_HOST', value: 'db' },
        ],
      }),
    ).toEqual({
      env: [
        { name: 'DB_PASSWORD', value: '***' },
        { name: 'DB_HOST', value: 'db' },
      ],
    });
  });

  it.each([
    ['postgres://app:hunter2@db:5432/shop', 'postgres://app:***@db:5432/shop'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----', '***'],
    ['https://hooks.slack.com/services/T0/B0/abc', 'https://hooks.slack.com/services/***'],
    ['id AKIAIOSFODNN7EXAMPLE here', 'id *** here'],
    ['global:\n  smtp_auth_password: "x y"\n  host: a', 'global:\n  smtp_auth_password: ***\n  host: a'],
  ])('masks inside of text: %s', (text, shown) => {
    expect(redact({ text })).toEqual({ text: shown });
  });

  it('changes nothing it was given', () => {
    const values = { password: 'hunter2', list: [{ token: 'x' }] };
    redact(values);
    expect(values).toEqual({ password: 'hunter2', list: [{ token: 'x' }] });
  });
});

describe('redacting a line of text', () => {
  it.each([
    ['password: hunter2', 'password: ***'],
    ['{ user: me, password: hunter2, port: 1 }', '{ user: me, password: ***, port: 1 }'],
    ['  "apiKey": "a b", x: 1', '  "apiKey": ***, x: 1'],
    ['PGPASSWORD=hunter2 psql', 'PGPASSWORD=*** psql'],
    ['password: { secret: postgres/password }', 'password: { secret: postgres/password }'],
    ['secretName: tls', 'secretName: tls'],
    ['token:', 'token:'],
  ])('%s', (text, shown) => {
    expect(redactText(text)).toBe(shown);
  });
});
