import { describe, expect, it } from 'vitest';
import type { Environment, Values } from '../../src/environment/environment.js';
import { knownSecrets } from '../../src/support-bundle/known-secrets.js';

function known(values: Values, variables: Record<string, string> = {}, secrets: Environment['secrets'] = {}) {
  const release = {
    name: 'postgres',
    namespace: 'databases',
    chart: { from: 'folder', path: '/chart' } as const,
    needs: [],
    values: [{ origin: 'test', values }],
  };
  return knownSecrets({ name: 'shop', domain: 'shop.localhost', releases: [release], secrets }, variables);
}

describe('the secrets that are known', () => {
  it('are those that redaction would take out of the values', () => {
    const values = {
      auth: { password: 'correct horse', username: 'shop-owner' },
      env: [{ name: 'API_TOKEN', value: 'tok-12345678' }],
      url: 'plain text stays',
    };
    expect(known(values)).toEqual(['correct horse', 'tok-12345678']);
  });

  it("are those in the user's variables", () => {
    expect(known({}, { AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI', HOME: '/home/somebody' })).toEqual(['wJalrXUtnFEMI']);
  });

  it('are those of the Secrets in its file, written out or in the variables they name', () => {
    const keys = { user: { value: 'root-of-shop' }, hook: { env: 'CHAT_ADDRESS' }, made: { generate: 20 } };
    const variables = { CHAT_ADDRESS: 'chat.example/T0/B0', EDITOR: '/usr/bin/vi', CHAT_ROOM: 'operations-1' };
    expect(known({}, variables, { chat: { namespace: 'databases', keys } })).toEqual([
      'root-of-shop',
      'chat.example/T0/B0',
    ]);
  });

  it('are no references, and nothing that is an ordinary word or a path', () => {
    const values = {
      secretName: 'web-tls-secret',
      generatedSecret: { keys: ['username'] },
      password: 'databases',
      apiKey: 'short-1',
      token: '/var/run/secrets/token-1',
    };
    expect(known(values)).toEqual([]);
  });

  it('are not the names of the environment itself', () => {
    expect(known({ password: 'shop.localhost' })).toEqual([]);
  });
});
