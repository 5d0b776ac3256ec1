import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemProcesses } from '../../../src/process.js';
import { helmCommand } from '../../../src/releases/helm/helm.js';
import { context } from '../cluster.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-helm-'));
  await program('printf "%s\\n" "$@" > arguments; cat > input');
});
afterEach(() => rm(folder, { recursive: true }));

/** What is called instead of Helm. */
async function program(body: string): Promise<void> {
  await writeFile(join(folder, 'helm'), `#!/bin/sh\ncd "${folder}"\n${body}\n`);
  await chmod(join(folder, 'helm'), 0o755);
}

const helm = () => helmCommand(systemProcesses(), () => Promise.resolve(join(folder, 'helm')), '/state/kubeconfig');
const written = async (file: string) => (await readFile(join(folder, file), 'utf8')).trimEnd();
const install = {
  name: 'web',
  namespace: 'shop',
  chart: '/charts/web.tgz',
  values: { password: 'hunter2' },
  labels: { 'platform.dev/input': 'abc', 'platform.dev/stand-in': null },
};

describe('helm', () => {
  it('installs with our labels, and takes those away that no longer hold', async () => {
    await helm().install(install, context());
    expect(await written('arguments')).toBe(
      [
        'upgrade --install web /charts/web.tgz --namespace shop --kubeconfig /state/kubeconfig --skip-crds --reset-values',
        '--history-max 10 --timeout 5m --labels platform.dev/input=abc,platform.dev/stand-in=null --values -',
      ]
        .join(' ')
        .replaceAll(' ', '\n'),
    );
  });

  it('takes fields back from others only where that is asked for', async () => {
    await helm().install({ ...install, forceConflicts: true }, context());
    expect((await written('arguments')).split('\n')).toEqual(
      expect.arrayContaining(['--server-side=true', '--force-conflicts']),
    );
    await helm().install({ ...install, forceConflicts: false }, context());
    expect(await written('arguments')).not.toContain('force');
  });

  it('runs dry on the server, and answers what it would apply', async () => {
    await program(`printf "%s\\n" "$@" > arguments; cat > input; printf '{"name":"web","manifest":"kind: Secret"}'`);
    expect(await helm().dryRun(install, new AbortController().signal)).toBe('kind: Secret');
    expect(await written('arguments')).toBe(
      [
        'upgrade --install web /charts/web.tgz --namespace shop --kubeconfig /state/kubeconfig --skip-crds --reset-values',
        '--dry-run=server --output json --values -',
      ]
        .join(' ')
        .replaceAll(' ', '\n'),
    );
    expect(JSON.parse(await written('input'))).toEqual({ password: 'hunter2' });
  });

  it('renders nothing where a chart has nothing', async () => {
    await program(`cat > input; printf '{"name":"web"}'`);
    expect(await helm().dryRun(install, new AbortController().signal)).toBe('');
  });

  it('keeps values out of files and command lines', async () => {
    await helm().install(install, context());
    expect(await written('arguments')).not.toContain('hunter2');
    expect(JSON.parse(await written('input'))).toEqual({ password: 'hunter2' });
  });

  it('uninstalls what may be gone already', async () => {
    await helm().uninstall(install, context());
    expect((await written('arguments')).split('\n')).toEqual([
      'uninstall',
      'web',
      '--namespace',
      'shop',
      '--kubeconfig',
      '/state/kubeconfig',
      '--ignore-not-found',
    ]);
  });

  it('pulls into a folder', async () => {
    await helm().pull(['oci://quay.io/web', '--version', '1'], '/charts/new', context());
    expect(await written('arguments')).toBe('pull\noci://quay.io/web\n--version\n1\n--destination\n/charts/new');
  });

  it('fails in its own words, with a command that can be pasted and holds no values', async () => {
    await program('echo "Error: conflict with \\"kubectl\\"" >&2; exit 1');
    const failure: unknown = await helm()
      .install(install, context())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'tool', output: 'Error: conflict with "kubectl"' });
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });
});
