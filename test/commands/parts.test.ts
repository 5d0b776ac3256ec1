import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { writeRecord } from '../../src/environment/record.js';
import { pathsFrom } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shop = `
apiVersion: platform/v1alpha1
kind: Environment
name: shop
releases:
  web: { chart: service, namespace: apps, parts: { tracing: { values: { traced: true } } } }
  loki: { chart: service, namespace: apps, part: logging, values: { kept: 7d } }
`;

interface Document {
  readonly result?: { readonly values?: unknown };
  readonly error?: { readonly code: string; readonly suggestions?: readonly string[] };
}

/** A folder with the environment above, and the built program to run in it with a home of its own. */
async function given({ file = shop, begunWith }: { file?: string; begunWith?: string[] } = {}) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'platform.yaml'), file);
  if (begunWith) {
    await writeRecord(pathsFrom({}, folder), {
      ...{ name: 'shop', target: 'local', provider: 'embedded', createdAt: '2026-01-01T00:00:00.000Z' },
      parts: begunWith,
    });
  }
  const foreign = Object.keys(process.env).filter((name) => /^(PLATFORM_|XDG_|KUBE|NO_COLOR|FORCE_COLOR)/.test(name));
  return async (words: string, variables: Record<string, string> = {}) => {
    const env = { ...Object.fromEntries(foreign.map((name) => [name, undefined])), HOME: folder, ...variables };
    const args = [join(root, 'bin', 'run.js'), ...words.split(' ')];
    const result = await systemProcesses().run(process.execPath, args, { cwd: folder, env, allowFailure: true });
    return { ...result, document: () => JSON.parse(result.stdout) as Document };
  };
}

describe.skipIf(!existsSync(join(root, 'dist', 'main.js')))('--with (needs dist/: npm run build)', () => {
  it('switches a part on, typed before or after a name, or as a variable', async () => {
    const platform = await given();
    const attempts = await Promise.all([
      platform('values loki --local --json --with logging'),
      platform('values --with tracing,logging loki --local --json'),
      platform('values loki --local --json', { PLATFORM_WITH: 'tracing,logging' }),
    ]);
    for (const { document } of attempts) expect(document().result?.values).toEqual({ kept: '7d' });
  });

  it('is what a command suggests that is asked for a release whose part is off', async () => {
    const platform = await given();
    const { document } = await platform('values loki --local --json');
    expect(document().error?.suggestions?.[0]).toBe('loki belongs to the part logging, which is off: --with logging');
  });

  it('is refused for a part that there is not, with those that there are', async () => {
    const platform = await given();
    const { exitCode, stderr } = await platform('plan --local --with loging');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--with  there is no optional part "loging" in this environment');
    expect(stderr).toContain('allowed: logging, tracing; did you mean logging?');
  });

  it('is remembered by commands that only look, unless they are told otherwise', async () => {
    const platform = await given({ begunWith: ['logging'] });
    const [remembered, instead, other] = await Promise.all([
      platform('values loki --local --json'),
      platform('values loki --local --json --with tracing'),
      platform('values loki --local --json --name other'),
    ]);
    expect(remembered.document().result?.values).toEqual({ kept: '7d' });
    expect(instead.document().error?.code).toBe('usage');
    expect(other.document().error?.code).toBe('usage');
  });

  it('is forgotten by commands that change or lock something', async () => {
    const platform = await given({ begunWith: ['logging'] });
    const [dry, plan, lock] = await Promise.all([
      platform('up --local --provider embedded --dry-run --json'),
      platform('plan --local --provider embedded --json'),
      platform('lock --check --json'),
    ]);
    for (const { stdout } of [dry, plan]) {
      expect(stdout).toContain('"release/web"');
      expect(stdout).not.toContain('"release/loki"');
    }
    expect(lock.stdout).toContain('"web"');
    expect(lock.stdout).not.toContain('"loki"');
  });
});
