import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemProcesses } from '../../src/process.js';
import { temporaryFolder } from '../toolchain/fixture.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shop = `
apiVersion: platform/v1alpha1
kind: Environment
name: shop
domain: shop.localhost
releases:
  web: { chart: service, namespace: apps, needs: ["db:ready"], values: { image: { repository: example.org/web, tag: v1 } } }
  db: { chart: service, namespace: apps, values: { image: { repository: example.org/db, tag: v1 } } }
`;

/** A folder with the environment above, and the built program to run in it with a home of its own. */
async function given() {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'platform.yaml'), shop);
  const foreign = Object.keys(process.env).filter((name) => /^(PLATFORM_|XDG_|KUBE|NO_COLOR|FORCE_COLOR)/.test(name));
  const env = { ...Object.fromEntries(foreign.map((name) => [name, undefined])), HOME: folder };
  const plan = (...args: string[]) =>
    systemProcesses().run(
      process.execPath,
      [join(root, 'bin', 'run.js'), 'plan', '--local', '--provider', 'embedded', ...args],
      { cwd: folder, env, allowFailure: true },
    );
  return { folder, plan };
}

describe.skipIf(!existsSync(join(root, 'dist', 'main.js')))('plan --graph (needs dist/: npm run build)', () => {
  it('is the same document as --json and as --format json', async () => {
    const { plan } = await given();
    const [flag, format] = await Promise.all([plan('--graph', '--json'), plan('--graph', '--format', 'json')]);
    expect(flag.exitCode).toBe(0);
    expect(format.stdout).toBe(flag.stdout);
    expect(JSON.parse(flag.stdout)).toMatchObject({
      ok: true,
      result: { environment: 'shop', edges: [{ from: 'web', to: 'db', facet: 'ready', critical: false }] },
    });
  });

  it('is text without colours where that is no terminal', async () => {
    const { plan } = await given();
    const { stdout } = await plan('--graph');
    expect(stdout).toContain('  web (apps)\n    waits for db:ready');
    expect(stdout).not.toContain(String.fromCharCode(27));
  });

  it('is written to a file as its name tells', async () => {
    const { folder, plan } = await given();
    const { stdout } = await plan('--graph', '--out', 'docs/graph.svg');
    expect(stdout.trim()).toBe('wrote docs/graph.svg');
    expect(await readFile(join(folder, 'docs', 'graph.svg'), 'utf8')).toMatch(/^<svg [\s\S]*>db<[\s\S]*<\/svg>\n$/);
  });

  it('keeps --exit-code', async () => {
    const { plan } = await given();
    expect((await plan('--graph', '--format', 'dot', '--exit-code')).exitCode).toBe(10);
  });

  it('is asked for by --graph only, and by one output at a time', async () => {
    const { plan } = await given();
    const [alone, two] = await Promise.all([plan('--format', 'svg'), plan('--graph', '--format', 'svg', '--json')]);
    expect(alone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--graph') as unknown });
    expect(two.exitCode).toBe(2);
    expect(JSON.parse(two.stdout)).toMatchObject({
      error: { message: '--format svg and --json ask for two different outputs' },
    });
  });
});
