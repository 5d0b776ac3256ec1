import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LockResult } from '../../src/usecases/lock.js';
import { deployment, startPublisher, writeChart, type Publisher } from '../releases/publisher.js';
import { createSandbox, type Platform, type RunOptions, type Sandbox } from './sandbox.js';

describe('platform lock', () => {
  let sandbox: Sandbox;
  /** With a cache of its own, but for the tools: ports of publishers come back, and with them references. */
  let platform: Platform;
  let publisher: Publisher;
  const portal = { name: 'portal', version: '0.1.0', files: { 'templates/a.yaml': deployment } };

  beforeAll(async () => {
    sandbox = await createSandbox();
    const cache = join(sandbox.folder, 'cache');
    await mkdir(join(cache, 'platform'), { recursive: true });
    await symlink(join(sandbox.paths.cache, 'tools'), join(cache, 'platform', 'tools'));
    const own = (options: RunOptions = {}): RunOptions => ({ ...options, env: { XDG_CACHE_HOME: cache } });
    platform = Object.assign((args: readonly string[], options?: RunOptions) => sandbox.platform(args, own(options)), {
      json: <T>(args: readonly string[], options?: RunOptions) => sandbox.platform.json<T>(args, own(options)),
    });
    publisher = await startPublisher();
    await publisher.publish({ name: 'locked-ledger', version: '9.9.1' });
    await writeChart(join(sandbox.work, 'portal'), portal);
    await write('9.9.1');
  });

  afterAll(async () => {
    await publisher.stop();
    await sandbox.dispose();
  });

  const write = (version: string) =>
    writeFile(
      join(sandbox.work, 'platform.yaml'),
      `apiVersion: platform/v1alpha1
kind: Environment
name: locked
releases:
  ledger:
    chart: { repository: "${publisher.url}", name: locked-ledger, version: ${version} }
    namespace: apps
  portal:
    chart: ./portal
    namespace: apps
    values: { image: "127.0.0.1:9/portal:1" }
`,
    );
  const lockFile = () => readFile(join(sandbox.work, 'platform.lock'), 'utf8');

  it('writes the lock, and from then on finds it up to date', async () => {
    const first = await platform.json<LockResult>(['lock']);
    expect(first.error).toBeUndefined();
    expect(first.result).toMatchObject({ releases: 2, targets: ['local'], upToDate: false });
    expect(first.result.unresolved).toEqual([
      { image: '127.0.0.1:9/portal:1', reason: expect.stringContaining('refused') as string },
    ]);
    expect(await lockFile()).toContain('chart: ./portal\n');

    const check = await platform(['lock', '--check', '--exit-code']);
    expect(check.exitCode).toBe(0);
    expect(check.stdout).toContain('platform.lock is up to date: 2 releases for local');
    expect(check.stderr).toBe('');
  });

  it('tells CI by its exit code that a chart folder was edited', async () => {
    const before = await lockFile();
    await writeChart(join(sandbox.work, 'portal'), { ...portal, version: '0.2.0' });

    const check = await platform(['lock', '--check', '--exit-code']);
    expect(check.exitCode).toBe(10);
    expect(check.stdout).toContain('0.1.0 → 0.2.0');
    expect((await platform(['lock', '--check'])).exitCode).toBe(0);
    expect(await lockFile()).toBe(before);

    expect((await platform(['lock'])).exitCode).toBe(0);
    expect((await platform(['lock', '--check', '--exit-code'])).exitCode).toBe(0);
  });

  it('takes another archive of the same version only when it is told to', async () => {
    const digest = await publisher.publish({ name: 'locked-ledger', version: '9.9.1', files: { 'README.md': 'new' } });
    expect((await platform(['lock'])).exitCode).toBe(0);
    expect(await lockFile()).not.toContain(digest);

    const update = await platform.json<LockResult>(['lock', '--update', 'ledger']);
    expect(update.result.changes).toMatchObject([{ release: 'ledger', digest: { to: digest } }]);
    expect(await lockFile()).toContain(digest);
  });

  it('writes nothing when a version is not there, and passes on what Helm says', async () => {
    const before = await lockFile();
    await write('9.9.2');
    const { exitCode, error } = await platform.json<LockResult>(['lock']);
    expect(exitCode).toBe(4);
    expect(error).toMatchObject({ message: 'platform.lock was not written: ledger could not be resolved' });
    expect(error?.output).toContain('9.9.2');
    expect(await lockFile()).toBe(before);
    await write('9.9.1');
  });

  it('refuses releases without --update, and a folder without an environment', async () => {
    const named = await platform.json<LockResult>(['lock', 'ledger']);
    expect(named).toMatchObject({ exitCode: 2, error: { suggestions: ['platform lock --update ledger'] } });
    const nowhere = await platform.json<LockResult>(['lock'], { cwd: sandbox.folder });
    expect(nowhere).toMatchObject({
      exitCode: 2,
      error: { message: expect.stringContaining('no platform.yaml') as string },
    });
  });
});
