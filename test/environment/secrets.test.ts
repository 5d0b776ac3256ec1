import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../src/environment/load.js';
import { complaintsOf, errorOf, folderWith, header, library, load, problemsOf } from './fixture.js';

const apps = 'releases:\n  gate: { chart: service, namespace: apps }\n  certificates: {}\n';
const secrets = async (content: string) => (await load(`${apps}secrets: ${content}\n`)).secrets;
const problems = (content: string) => problemsOf(load(`${apps}secrets: ${content}\n`));

/** The secrets of a file over a blueprint that has some, both as they are written. */
async function layered(inBlueprint: string, inFile: string) {
  const blueprints = await folderWith({
    'base.yaml': `apiVersion: platform/v1alpha1\nkind: Environment\n${apps}secrets: ${inBlueprint}\n`,
  });
  const { secrets: found } = await load(`blueprint: base\nsecrets: ${inFile}\n`, {
    library: { ...library, blueprints },
  });
  return { found, blueprints };
}

describe('the secrets of a file', () => {
  it('are none where it names none', async () => {
    expect((await load(apps)).secrets).toEqual({});
    expect(await secrets('')).toEqual({});
  });

  it('say of each key where its value comes from', async () => {
    const keys = '{ user: { value: admin }, password: { generate: 32 }, url: { env: SLACK_WEBHOOK_URL } }';
    expect(await secrets(`{ login: { namespace: apps, part: logging, keys: ${keys} } }`)).toEqual({
      login: {
        namespace: 'apps',
        part: 'logging',
        keys: { user: { value: 'admin' }, password: { generate: 32 }, url: { env: 'SLACK_WEBHOOK_URL' } },
      },
    });
  });

  it('know the domain and the name of the environment', async () => {
    const found = await secrets(
      '{ login: { namespace: apps, keys: { url: { value: "https://{domain}/{environment}" } } } }',
    );
    expect(found['login']?.keys).toEqual({ url: { value: 'https://shop.localhost/shop' } });
  });

  it('name files relative to the file that names them', async () => {
    const cwd = await folderWith({
      'deploy/platform.yaml': `${header}${apps}secrets: { tls: { namespace: apps, keys: { key: { file: keys/tls.key } } } }\n`,
    });
    const { secrets: found } = await loadEnvironment({ cwd, file: 'deploy/platform.yaml', target: 'local', library });
    expect(found['tls']?.keys).toEqual({ key: { file: join(cwd, 'deploy/keys/tls.key') } });
  });
});

describe('secrets of several layers', () => {
  const base =
    '{ login: { namespace: apps, keys: { user: { value: admin }, password: { env: PASSWORD }, pin: { file: pin } } } }';

  it('get single keys replaced as a whole, each file in its own folder', async () => {
    const { found, blueprints } = await layered(base, '{ login: { keys: { password: { generate: 20 } } } }');
    expect(found).toEqual({
      login: {
        namespace: 'apps',
        keys: { user: { value: 'admin' }, password: { generate: 20 }, pin: { file: join(blueprints, 'pin') } },
      },
    });
  });

  it('lose a key, or themselves, by null', async () => {
    const { found } = await layered(base, '{ login: { keys: { pin: null, password: null } } }');
    expect(found).toEqual({ login: { namespace: 'apps', keys: { user: { value: 'admin' } } } });
    expect((await layered(base, '{ login: null }')).found).toEqual({});
  });

  it('may move to another namespace', async () => {
    expect((await layered(base, '{ login: { namespace: certificates } }')).found['login']?.namespace).toBe(
      'certificates',
    );
  });
});

describe('a secret that cannot be', () => {
  it.each<[string, string, string]>([
    ['in no namespace', '{ login: { keys: { a: { generate: 20 } } } }', 'secrets.login.namespace is missing'],
    ['without keys', '{ login: { namespace: apps } }', 'secrets.login has no keys'],
    ['without keys that are left', '{ login: { namespace: apps, keys: { a: null } } }', 'secrets.login has no keys'],
    ['too short', '{ login: { namespace: apps, keys: { a: { generate: 8 } } } }', 'secrets.login.keys.a.generate is 8'],
    [
      'too long',
      '{ login: { namespace: apps, keys: { a: { generate: 129 } } } }',
      'secrets.login.keys.a.generate is 129',
    ],
    [
      'of no variable',
      '{ login: { namespace: apps, keys: { a: { env: A-B } } } }',
      'secrets.login.keys.a.env is "A-B"',
    ],
    ['of nothing', '{ login: { namespace: apps, keys: { a: {} } } }', 'secrets.login.keys.a is ***'],
    [
      'of an impossible key',
      '{ login: { namespace: apps, keys: { a b: { generate: 20 } } } }',
      '"a b" cannot be a name under secrets.login.keys',
    ],
    [
      'where no release is',
      '{ login: { namespace: app, keys: { a: { generate: 20 } } } }',
      'no release is installed in the namespace app',
    ],
  ])('is one %s', async (_, content, message) => {
    const found = await problems(content);
    expect(found.map((problem) => problem.message)).toEqual([message]);
  });

  it('is told which namespace was meant', async () => {
    const [problem] = await problems('{ login: { namespace: certificate, keys: { a: { generate: 20 } } } }');
    expect(problem).toMatchObject({ path: 'secrets.login.namespace', suggestion: 'did you mean certificates?' });
  });

  it('has exactly one source for a key', async () => {
    const [problem] = await problems('{ login: { namespace: apps, keys: { a: { generate: 20, env: A } } } }');
    expect(problem).toMatchObject({
      path: 'secrets.login.keys.a',
      allowed: 'exactly one of value, generate, env, file',
    });
  });

  it('is not complained about for what follows from another mistake', async () => {
    const attempt = load(`${apps}secrets: { login: { namespace: 7, keys: [] } }\n`);
    expect(await complaintsOf(attempt)).toEqual([
      'platform.yaml:7:32 secrets.login.namespace is 7',
      'platform.yaml:7:41 secrets.login.keys is ***',
    ]);
  });
});

describe('a value in a file that something is wrong with', () => {
  it.each([
    ['in its place', '{ login: { namespace: apps, keys: { a: hunter2 } } }'],
    ['under a mistyped key', '{ login: { namespace: apps, keys: { a: { vale: hunter2 } } } }'],
    ['beside another mistake', '{ login: { namespace: app, oops: 1, keys: { a: { value: hunter2 } } } }'],
    ['that is a number', '{ login: { namespace: apps, keys: { a: { value: 4711 } } } }'],
    ['that is a list', '{ login: { namespace: apps, keys: [hunter2] } }'],
    ['at the top', '{ login: [hunter2] }'],
    ['in a file that is no YAML', '{ login: { namespace: apps, keys: { a: { value: hunter2 } }, namespace: b } }'],
  ])('is not told %s', async (_, content) => {
    const { output = '', message, facts } = await errorOf(load(`${apps}secrets: ${content}\n`));
    expect(output).toContain('platform.yaml:7');
    expect(output + message + JSON.stringify(facts)).not.toMatch(/hunter2|4711/);
  });

  it('leaves everything else of its line to be seen, with the place', async () => {
    const { output } = await errorOf(
      load(`${apps}secrets: { login: { namespace: app, keys: { a: { value: hunter2 } } } }\n`),
    );
    expect(output).toContain('7 │ secrets: { login: { namespace: app, keys: { a: { value: ******* } } } }');
    expect(output).toMatch(/│ {32}\^\^\^\n/);
  });
});
