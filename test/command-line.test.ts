import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemProcesses } from '../src/process.js';
import { temporaryFolder } from './toolchain/fixture.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const escape = String.fromCharCode(27);

interface Given {
  readonly variables?: Record<string, string>;
  /** Content of platform.yaml in the folder that the command runs in. */
  readonly file?: string;
  readonly stdin?: string;
}

/** Runs the built program with a home and folders of its own; standard input, output and error are no terminals. */
async function platform(words: string, { variables = {}, file, stdin }: Given = {}) {
  const home = await temporaryFolder();
  const cwd = join(home, 'work');
  await mkdir(cwd);
  if (file !== undefined) await writeFile(join(cwd, 'platform.yaml'), file);
  const foreign = Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => /^(PLATFORM_|XDG_|KUBE|LC_|LANG|TERM|NO_COLOR|FORCE_COLOR|CI$|VITEST|NODE_)/.test(name))
      .map((name) => [name, undefined]),
  );
  const env = {
    ...foreign,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CONFIG_HOME: join(home, 'config'),
    ...variables,
  };
  const args = [join(root, 'bin', 'run.js'), ...words.split(' ').filter((word) => word !== '')];
  const result = await systemProcesses().run(process.execPath, args, {
    cwd,
    env,
    allowFailure: true,
    ...(stdin !== undefined && { stdin }),
  });
  return { ...result, home, cwd, document: () => JSON.parse(result.stdout) as Record<string, unknown> };
}

/** The document of a command that failed: exactly one, and nothing else anywhere. */
async function failureDocument(words: string, given?: Given) {
  const { exitCode, stderr, document } = await platform(words, given);
  expect(stderr).toBe('');
  const { schemaVersion, ok, error, ...rest } = document();
  expect({ schemaVersion, ok, rest }).toEqual({ schemaVersion: 1, ok: false, rest: {} });
  expect(error).toMatchObject({ exitCode });
  return error as Record<string, unknown>;
}

describe.skipIf(!existsSync(join(root, 'dist', 'main.js')))(
  'the built command line (needs dist/: npm run build)',
  () => {
    describe('that is asked about itself', () => {
      it.each(['--version', '-V'])('gives its version on standard output: %s', async (flag) => {
        const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
        const { exitCode, stdout, stderr } = await platform(flag);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(stdout).toBe(`platform/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
      });

      it.each(['--help', '-h', 'help', ''])('gives its help on standard output: "%s"', async (words) => {
        const { exitCode, stdout, stderr } = await platform(words);
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(stdout).toMatch(/^ +up +Build the environment/m);
        expect(stdout).not.toContain(escape);
      });

      it.each(['up --help', 'up -h', 'help up'])('explains a command: %s', async (words) => {
        const { exitCode, stdout } = await platform(words);
        expect(exitCode).toBe(0);
        expect(stdout).toMatch(/--dry-run/);
        expect(stdout).toContain('PLATFORM_PROVIDER');
      });
    });

    describe('with a command that there is not', () => {
      it('is a usage error on standard error, with what was meant', async () => {
        const { exitCode, stdout, stderr } = await platform('statsu');
        expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
        expect(stderr).toContain('there is no command statsu');
        expect(stderr).toContain('did you mean `platform status`?');
      });

      it('finds what was meant in a topic too', async () => {
        expect((await platform('tools instal')).stderr).toContain('did you mean `platform tools install`?');
      });

      it('points to the help where nothing is near', async () => {
        expect((await platform('xyzzy')).stderr).toContain('run `platform --help` to see the commands');
      });

      it.each(['--json', '--output json', '--output=json'])('is one document with %s', async (flag) => {
        expect(await failureDocument(`statsu ${flag}`)).toEqual({
          code: 'usage',
          exitCode: 2,
          message: 'there is no command statsu',
          suggestions: ['did you mean `platform status`?'],
        });
      });

      it('is one line of ndjson with --output ndjson', async () => {
        const { stdout } = await platform('statsu --output ndjson');
        expect(stdout.trimEnd().split('\n')).toHaveLength(1);
        expect(JSON.parse(stdout)).toMatchObject({ ok: false });
      });

      it('tells a word too many from a command that there is not', async () => {
        const error = await failureDocument('status extra --json');
        expect(error).toMatchObject({ code: 'usage', message: 'status takes no argument, but was given extra' });
      });
    });

    describe('with flags that cannot be', () => {
      it('names an unknown one', async () => {
        const { exitCode, stdout, stderr } = await platform('up --nope');
        expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
        expect(stderr).toContain('nonexistent flag: --nope');
        expect(stderr).toContain('--help');
        expect(stderr).not.toContain(' at ');
      });

      it('names an unknown one in a small document', async () => {
        expect(await failureDocument('up --nope --json')).toEqual({
          code: 'usage',
          exitCode: 2,
          message: 'nonexistent flag: --nope',
          suggestions: ['run the command with --help to see its flags'],
        });
      });

      it('says that a value is missing', async () => {
        const error = await failureDocument('up --json --file');
        expect(error).toMatchObject({ code: 'usage', message: 'flag --file expects a value' });
      });

      it('says which values there are', async () => {
        const error = await failureDocument('up --provider docker --json');
        expect(error['message']).toBe('expected --provider=docker to be one of: auto, kind, minikube, embedded');
        expect(error['suggestions']).toEqual(['run the command with --help to see its flags']);
      });

      it('says where a wrong value comes from that nobody typed', async () => {
        const { exitCode, stderr } = await platform('up --local', { variables: { PLATFORM_PROVIDER: 'docker' } });
        expect(exitCode).toBe(2);
        expect(stderr).toContain('expected --provider=docker to be one of: auto, kind, minikube, embedded');
        expect(stderr).toContain('PLATFORM_PROVIDER is set to docker in the environment');
      });

      it('says which ones exclude each other', async () => {
        expect((await failureDocument('up --local --aws --json'))['message']).toContain(
          '--aws=true cannot also be provided when using --local',
        );
      });

      it('takes an output that there is not for a usage error as well', async () => {
        const { exitCode, stderr } = await platform('status', { variables: { PLATFORM_OUTPUT: 'xml' } });
        expect(exitCode).toBe(2);
        expect(stderr).toContain('expected --output=xml to be one of: text, json, ndjson');
        expect(stderr).toContain('PLATFORM_OUTPUT is set to xml');
      });
    });

    describe('that would have to ask and cannot', () => {
      it('names the flags that answer', async () => {
        const { exitCode, stdout, stderr } = await platform('up');
        expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
        expect(stderr).toContain('--local or --aws');
      });

      it('names them in the document', async () => {
        expect(await failureDocument('up --json')).toMatchObject({
          code: 'usage',
          suggestions: [expect.stringContaining('--local or --aws')],
        });
      });

      it('does not take an answer from a pipe', async () => {
        expect((await platform('up', { stdin: '\n\n\n' })).exitCode).toBe(2);
        const { exitCode, cwd } = await platform('init', { stdin: 'no-such-blueprint\n' });
        expect(exitCode).toBe(0);
        expect(await readFile(join(cwd, 'platform.yaml'), 'utf8')).toContain('blueprint: microservices');
      });
    });

    describe('where there is no environment', () => {
      it.each(['status', 'stop', 'start', 'destroy --environment shop --confirm other'])('fails: %s', async (words) => {
        const { exitCode, stdout, stderr, home } = await platform(words);
        expect(exitCode).toBe(words.startsWith('destroy') ? 2 : 5);
        expect(stdout).toBe('');
        expect(stderr).not.toContain(' at ');
        expect(existsSync(join(home, 'state'))).toBe(false);
      });

      it('says how to get one', async () => {
        expect(await failureDocument('status --json')).toEqual({
          code: 'conflict',
          exitCode: 5,
          message: 'there is no environment on this machine',
          suggestions: ['build one with `platform up --local`'],
        });
      });

      it('has nothing to destroy, which is a success', async () => {
        const { exitCode, document } = await platform('destroy --environment shop --confirm shop --json');
        expect(exitCode).toBe(0);
        expect(document()).toMatchObject({
          schemaVersion: 1,
          ok: true,
          result: { existed: false, removed: [], left: [] },
        });
      });

      it.each(['..', '../..', '.'])('never destroys what a name that is a path leads to: %s', async (name) => {
        const { exitCode, stderr } = await platform(`destroy --environment ${name} --confirm ${name}`);
        expect(exitCode).toBe(2);
        expect(stderr).toContain('no environment can be called');
      });
    });

    describe('with a broken file', () => {
      const file = [
        'apiVersion: platform/v1alpha1',
        'kind: Environment',
        'name: shop',
        'local: { wrkers: 2, kubernetes: 1.36 }',
        '',
      ].join('\n');

      it('shows every problem with its place', async () => {
        const { exitCode, stdout, stderr } = await platform('plan --local', { file });
        expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
        expect(stderr).toContain('platform.yaml:4:10');
        expect(stderr).toContain('local.kubernetes');
      });

      it('has the problems as data in the document', async () => {
        const { facts, ...error } = await failureDocument('plan --local --json', { file });
        expect(error).toMatchObject({ code: 'usage', exitCode: 2 });
        expect(facts).toMatchObject({
          problems: [
            { file: 'platform.yaml', line: 4, column: 10, path: 'local.wrkers', suggestion: 'did you mean workers?' },
            { file: 'platform.yaml', line: 4, path: 'local.kubernetes', value: 1.36 },
          ],
        });
      });

      it('shows where it is not YAML at all', async () => {
        const error = await failureDocument('plan --local --json', {
          file: 'apiVersion: platform/v1alpha1\nkind: [\n',
        });
        expect(error).toMatchObject({ facts: { problems: [{ file: 'platform.yaml', line: 3 }] } });
      });
    });

    describe('that is told how to answer', () => {
      it('gives the document with PLATFORM_OUTPUT=json, on failure and success', async () => {
        const variables = { PLATFORM_OUTPUT: 'json' };
        expect(await failureDocument('status', { variables })).toMatchObject({ code: 'conflict' });
        const { exitCode, stderr, document } = await platform('version', { variables });
        expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
        expect(document()).toMatchObject({ schemaVersion: 1, ok: true, result: { node: process.version } });
      });

      it('lets a flag win over the variable', async () => {
        const { stdout, stderr } = await platform('status --output text', { variables: { PLATFORM_OUTPUT: 'json' } });
        expect(stdout).toBe('');
        expect(stderr).toContain('there is no environment');
      });

      it('ends the events with the document in one line with --output ndjson', async () => {
        const { stdout } = await platform('status --output ndjson');
        expect(stdout.trimEnd().split('\n')).toHaveLength(1);
        expect(JSON.parse(stdout)).toMatchObject({ ok: false, error: { code: 'conflict' } });
      });

      it.each([
        ['has no colours where it is no terminal', {}, '', false],
        ['has colours when they are forced', { FORCE_COLOR: '1' }, '', true],
        ['has none with NO_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, '', false],
        ['takes an empty NO_COLOR for none', { NO_COLOR: '', FORCE_COLOR: '1' }, '', true],
        ['has them with --color', { NO_COLOR: '1' }, '--color', true],
        ['has none with --no-color', { FORCE_COLOR: '1' }, '--no-color', false],
        ['goes by PLATFORM_COLOR before the others', { NO_COLOR: '1', PLATFORM_COLOR: 'true' }, '', true],
      ] as const)('%s', async (_, variables, flag, colored) => {
        const { stderr } = await platform(`status ${flag}`, { variables: { ...variables, NODE_NO_WARNINGS: '1' } });
        expect(stderr).toContain('there is no environment');
        expect(stderr.includes(escape)).toBe(colored);
      });
    });
  },
);
