import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { refusePlainSecrets } from '../../../src/releases/argocd/plain-secrets.js';
import { release } from '../release.js';

const shop = (values: object, name = 'shop') =>
  release(name, { values: [{ origin: 'platform.yaml', values: { ...values } }] });

function refusal(releases: Parameters<typeof refusePlainSecrets>[0], plain: readonly string[] = []): PlatformError {
  try {
    refusePlainSecrets(releases, plain);
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('secrets among values that are to be written down', () => {
  it('are refused, every one named by its path, none by its value', () => {
    const releases = [
      shop({ admin: { password: 'hunter2' }, 'a.b': { token: 'hunter3' } }),
      shop({ env: [{ name: 'DB_PASSWORD', value: 'hunter4' }], config: 'url: postgres://app:hunter5@db/shop' }, 'api'),
    ];
    const error = refusal(releases);
    expect(error.message).toBe(
      'shop.admin.password looks like a secret, which must not be in a git repository (and 3 more)',
    );
    expect(error.facts).toEqual({
      values: ['shop.admin.password', 'shop.a\\.b.token', 'api.env[0].value', 'api.config'],
    });
    expect(JSON.stringify([error.message, error.output, error.suggestions, error.facts])).not.toContain('hunter');
  });

  it('are not what only names a secret', () => {
    refusePlainSecrets(
      [
        shop({
          db: { password: { secret: 'postgres/password' } },
          generatedSecret: { keys: ['password'] },
          existingSecret: 'grafana-admin',
          env: [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'api', key: 'token' } } }],
          tolerations: [{ key: 'dedicated', operator: 'Exists' }],
        }),
      ],
      [],
    );
  });

  it('are judged as they are merged: what a stronger layer takes out is gone', () => {
    const values = [
      { origin: 'catalogue', values: { adminPassword: 'platform' } },
      { origin: '--set', values: { adminPassword: null } },
    ];
    refusePlainSecrets([release('grafana', { values })], []);
  });

  it('can be said to be none, one by one', () => {
    const releases = [shop({ cacheKey: 'v1', token: 'x' })];
    expect(refusal(releases, ['shop.cacheKey']).facts).toEqual({ values: ['shop.token'] });
    refusePlainSecrets(releases, ['shop.cacheKey', 'shop.token']);
  });

  it('are not silenced by a name that is mistaken', () => {
    const { code, message, suggestions } = refusal([shop({ token: 'x' })], ['shop.tokn']);
    expect({ code, message, suggestions }).toEqual({
      ...{ code: 'usage', message: 'shop.tokn is no value that looks secret' },
      suggestions: ['these look secret: shop.token'],
    });
  });
});
