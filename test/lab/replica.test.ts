import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemProcesses } from '../../src/process.js';
import type { DestroyResult } from '../../src/usecases/destroy.js';
import type { ImagesBuildResult } from '../../src/usecases/images-build.js';
import type { PowerResult } from '../../src/usecases/power.js';
import type { StatusResult } from '../../src/usecases/status.js';
import type { UpResult } from '../../src/usecases/up.js';
import { createSandbox, type Sandbox } from '../e2e/sandbox.js';
import { domain, environment, environmentName as name } from './environment.js';
import { engine, publish, withoutEngine, withoutTraefik } from './lab.js';

const processes = systemProcesses();
const docker = async (...args: string[]) => (await processes.run('docker', args)).stdout.trim().split('\n');

describe.skipIf(withoutEngine)(`a replica on kind (${withoutEngine ?? 'a real one'})`, () => {
  let sandbox: Sandbox;
  let hadRegistry = false;
  let volumesBefore: readonly string[] = [];
  let ports = { http: 0, https: 0 };

  beforeAll(async () => {
    sandbox = await createSandbox({ engine: true });
    await writeFile(join(sandbox.work, 'platform.yaml'), environment('first'));
    hadRegistry = (await (await engine()).container('platform-registry')) !== undefined;
    volumesBefore = await docker('volume', 'ls', '--quiet');
  });
  afterAll(async () => {
    await sandbox.dispose();
  });

  const platform = <T>(...args: string[]) => sandbox.platform.json<T>(args);
  const up = () => platform<UpResult>('up', '--local');
  const outcomeOf = ({ summary }: UpResult, id: string) => summary.steps.find((step) => step.id === id);

  /** A page over HTTPS, by the address and not by its name, with nothing trusted but our authority. */
  async function page(path: string): Promise<string> {
    const ca = await readFile(join(sandbox.paths.data, 'ca', 'ca.pem'), 'utf8');
    const options = { host: '127.0.0.1', port: ports.https, servername: `page.${domain}`, ca, path };
    return new Promise((resolve, reject) => {
      const asked = request({ ...options, headers: { host: `page.${domain}` } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve(`${String(response.statusCode)} ${text.trim()}`);
        });
      });
      asked.on('error', reject).end();
    });
  }

  it('has its image built and pushed before there is a cluster', async () => {
    const { result, error } = await platform<ImagesBuildResult>('images', 'build');

    expect(error).toBeUndefined();
    expect(result.images).toMatchObject([{ name: 'page', built: true }]);
    const [image] = result.images;
    expect(image?.repository).toMatch(/^localhost:\d+\/page$/);
    expect(image?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    await publish(image?.repository.split('/')[0] ?? '');
    expect((await platform<ImagesBuildResult>('images', 'build')).result.images).toMatchObject([{ built: false }]);
  });

  it('is built from nothing, with everything proven', async () => {
    const { exitCode, result, error } = await up();

    expect(error).toBeUndefined();
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({ provider: 'kind', standIns: [] });
    expect(result.simulation).toBeUndefined();
    for (const id of ['registry/probe', 'network/policy', 'certificates/issuer', 'release/page', 'nodes']) {
      expect(outcomeOf(result, id), id).toMatchObject({ outcome: 'done' });
    }
    expect(outcomeOf(result, 'network/policy')?.detail).toBe('allowed traffic passes, denied traffic does not');
  });

  it('is as its status says', async () => {
    const { result } = await platform<StatusResult>('status');

    expect(result).toMatchObject({ healthy: true, provider: 'kind' });
    expect(result.releases.filter(({ change }) => change !== undefined)).toEqual([]);
    if (result.cluster.status !== 'running') throw new Error('the cluster does not run');
    ports = result.cluster.made.ports ?? ports;
    expect(ports.https).toBeGreaterThan(0);
  });

  it('serves a page of its own image over HTTPS, with a certificate of our authority', async (context) => {
    context.skip(withoutTraefik !== undefined, withoutTraefik);

    expect(await page('/hello')).toBe('200 page first /hello');
    const curl = ['--silent', '--cacert', join(sandbox.paths.data, 'ca', 'ca.pem')];
    const where = ['--resolve', `page.${domain}:${String(ports.https)}:127.0.0.1`];
    const { stdout } = await processes.run('curl', [
      ...curl,
      ...where,
      `https://page.${domain}:${String(ports.https)}/curl`,
    ]);
    expect(stdout).toBe('page first /curl\n');
  });

  it('has nothing to do the second time', async () => {
    const { result } = await up();

    expect(result.summary.steps.filter(({ outcome }) => outcome === 'done').map(({ id }) => id)).toEqual([]);
    expect((await sandbox.platform(['diff', '--local', '--exit-code'])).exitCode).toBe(0);
  });

  it('upgrades what changed, and only that', async () => {
    await writeFile(join(sandbox.work, 'platform.yaml'), environment('second'));
    const { result } = await up();

    const releases = result.summary.steps.filter(({ id, outcome }) => id.startsWith('release/') && outcome === 'done');
    expect(releases.map(({ id }) => id)).toEqual(['release/page']);
    if (withoutTraefik === undefined) await expect.poll(() => page('/'), { timeout: 30_000 }).toBe('200 page second /');
  });

  it('comes back after the engine was restarted, or all its containers ended', async () => {
    const restart = process.env['PLATFORM_LAB_RESTART'];
    const containers = [
      'platform-registry',
      ...(await docker('ps', '--format', '{{.Names}}', '--filter', `name=platform-${name}`)),
    ];
    if (restart !== undefined) await processes.run('sh', ['-c', restart]);
    else await docker('kill', ...containers);

    const { exitCode, error } = await up();

    expect(error).toBeUndefined();
    expect(exitCode).toBe(0);
    expect((await platform<StatusResult>('status')).result.healthy).toBe(true);
    if (withoutTraefik === undefined) await expect.poll(() => page('/'), { timeout: 60_000 }).toBe('200 page second /');
  });

  it('finds its registry again where a node forgot the way to it', async () => {
    const node = `platform-${name}-worker`;
    await docker('exec', node, 'rm', '-r', '/etc/containerd/certs.d');
    await docker('network', 'disconnect', 'kind', 'platform-registry');

    const { result } = await up();

    expect(outcomeOf(result, 'registry/nodes')).toMatchObject({ outcome: 'done' });
    expect((await docker('exec', node, 'ls', '/etc/containerd/certs.d')).join(' ')).toContain('localhost:');
  });

  it('stops, and starts with its data', async () => {
    expect((await platform<PowerResult>('stop')).exitCode).toBe(0);
    expect((await platform<StatusResult>('status')).result.cluster.status).toBe('stopped');
    expect((await platform<PowerResult>('start')).exitCode).toBe(0);
    if (withoutTraefik === undefined) await expect.poll(() => page('/'), { timeout: 90_000 }).toBe('200 page second /');
  });

  it('is destroyed, and nothing of it is left', async () => {
    // Whoever had a registry before keeps it.
    const { exitCode, result } = await platform<DestroyResult>(
      'destroy',
      '--confirm',
      name,
      ...(hadRegistry ? [] : ['--purge']),
    );

    expect(exitCode).toBe(0);
    expect(result.left).toEqual([]);
    const ours = (lines: readonly string[]) => lines.filter((line) => line.includes('platform-'));
    const kept = hadRegistry ? ['platform-registry'] : [];
    expect(ours(await docker('ps', '--all', '--format', '{{.Names}}'))).toEqual(kept);
    expect(ours(await docker('volume', 'ls', '--quiet'))).toEqual(kept);
    expect((await docker('volume', 'ls', '--quiet')).filter((volume) => !volumesBefore.includes(volume))).toEqual([]);
    expect((await docker('network', 'ls', '--format', '{{.Name}}')).filter((network) => network === 'kind')).toEqual(
      [],
    );
    expect(await readFile('/etc/hosts', 'utf8')).not.toContain(domain);
    expect(await readFile(sandbox.paths.kubeconfig, 'utf8')).not.toContain(`platform-${name}`);
    expect(existsSync(join(sandbox.paths.state, name))).toBe(false);
  });
});
