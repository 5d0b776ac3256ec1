import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from './ports.js';
import { ask } from './running.js';

const project = fileURLToPath(new URL('../../assets/apps/', import.meta.url));
const apps = (await readdir(join(project, 'src'))).filter((name) => name !== 'kit').sort();

/** Everything any of them cannot do without; nothing of it is there. */
const required = {
  DATABASE_HOST: '127.0.0.1',
  DATABASE_NAME: 'auth',
  DATABASE_USER: 'auth',
  DATABASE_PASSWORD: 'x',
  IMAGES_URL: 'http://127.0.0.1:1',
  API_URL: 'http://127.0.0.1:1',
  AUTH_URL: 'http://127.0.0.1:1',
  KUBERNETES_SERVICE_HOST: '127.0.0.1',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'platform-bundles-'));
  const build = spawn(process.execPath, ['scripts/build.js', '--to', folder], { cwd: project, stdio: 'inherit' });
  const [code] = (await once(build, 'exit')) as [number | null];
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a bundle where there is nothing else: no node_modules, and nothing of our own environment but PATH. */
function start(app: string, environment: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [join(folder, `${app}.cjs`)], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: '0',
      METRICS_PORT: '0',
      UPLOADS_FOLDER: join(folder, 'data', app),
      DELIVERIES_FILE: join(folder, 'data', app, 'deliveries.jsonl'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

interface Line {
  readonly msg: string;
  readonly port?: number;
  readonly metricsPort?: number;
}

/** Waits for the line that names the ports; later lines are collected. */
async function ports(child: ChildProcess): Promise<{ port: number; metricsPort: number; lines: Line[] }> {
  if (child.stdout === null) throw new Error('no output');
  const lines: Line[] = [];
  const reader = createInterface(child.stdout);
  return new Promise((resolve, reject) => {
    reader.on('line', (text) => {
      const line = JSON.parse(text) as Line;
      lines.push(line);
      if (line.port !== undefined && line.metricsPort !== undefined) {
        resolve({ port: line.port, metricsPort: line.metricsPort, lines });
      }
    });
    reader.on('close', () => {
      reject(new Error('it ended without listening'));
    });
  });
}

describe.each(apps)('the bundle of %s', (app) => {
  it('runs on its own, and ends with 0 when it is told to', async () => {
    const collector = String(await freePort());
    const child = start(app, {
      ...required,
      DRAIN_MS: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}`,
    });
    const { port, metricsPort, lines } = await ports(child);

    const live = await ask('GET', `http://127.0.0.1:${String(port)}/health/live`);
    const nothing = await ask('GET', `http://127.0.0.1:${String(port)}/no/such/thing`);
    const metrics = await ask('GET', `http://127.0.0.1:${String(metricsPort)}/metrics`);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');

    expect(live.status).toBe(200);
    expect(nothing.status).toBe(404);
    expect(metrics.body).toMatch(/^process_resident_memory_bytes \d/m);
    expect(await ended).toEqual([0, null]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'info',
        service: app,
        route: expect.stringMatching(/^(none|\*)$/) as string,
        status: '404',
        request_id: expect.any(String) as string,
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      }),
    );
  });

  it('says which setting is wrong and does not start', async () => {
    const child = start(app, { ...required, PORT: 'http' });
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, words }).toEqual({
      code: 1,
      words: `${app}: PORT is "http": expected a whole number from 0 to 65535\n`,
    });
  });
});

describe('building', () => {
  it('names an app that is not there', async () => {
    const child = spawn(process.execPath, ['scripts/build.js', '--to', folder, 'autj'], { cwd: project });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, words }).toEqual({ code: 2, words: `there is no app "autj"; there are ${apps.join(', ')}\n` });
  });
});
