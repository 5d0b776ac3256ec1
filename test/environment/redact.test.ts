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
    'topologyKey',
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

  it('shows the names of the keys of a Secret that the cluster makes, and nothing else below it', () => {
    const values = { generatedSecret: { keys: ['password', 'replication-password'], seed: 'hunter2' } };
    expect(redact(values)).toEqual({ generatedSecret: { keys: values.generatedSecret.keys, seed: '***' } });
    expect(redact({ generatedSecret: ['hunter2'], secret: { keys: ['hunter2'] } })).toEqual({
      generatedSecret: ['***'],
      secret: { keys: ['***'] },
    });
  });

  it('shows which key of which Secret is meant', () => {
    const values = {
      env: [{ name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'postgres', key: 'password' } } }],
      basicAuth: { password: { name: 'grafana', key: 'admin-password', optional: true } },
    };
    expect(redact(values)).toEqual(values);
  });

  it('masks a key beside a name in a list, and one with more beside it', () => {
    expect(redact({ apiKeys: [{ name: 'ci', key: 'hunter2' }], token: { name: 'ci', key: 'x', value: 'y' } })).toEqual({
      apiKeys: [{ name: 'ci', key: '***' }],
      token: { name: 'ci', key: '***', value: '***' },
    });
  });

  it('shows the labels and taints that Kubernetes calls keys', () => {
    const values = {
      tolerations: [
        { key: 'dedicated', effect: 'NoSchedule' },
        { key: 'gpu', operator: 'Exists' },
      ],
      selector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['auth'] }] },
      topologySpreadConstraints: [{ topologyKey: 'kubernetes.io/hostname', maxSkew: 1 }],
    };
    expect(redact(values)).toEqual(values);
    expect(redact({ jwt: { key: 'hunter2', operator: 'me' } })).toEqual({ jwt: { key: '***', operator: 'me' } });
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

  it('comes to an end for a file that is one word, and still finds what is in it', () => {
    const word = 'a'.repeat(1024 * 1024);
    expect(redactText(word)).toBe(word);
    expect(redactText(`${word} password: hunter2 https://me:hunter2@${word}`)).toBe(
      `${word} password: *** https://me:***@${word}`,
    );
  });

  it('masks a word only as a whole', () => {
    expect(redactText('my-db.password=hunter2')).toBe('my-db.password=***');
    expect(redactText('jdbc:postgresql://me:hunter2@db/app')).toBe('jdbc:postgresql://me:***@db/app');
  });
});
