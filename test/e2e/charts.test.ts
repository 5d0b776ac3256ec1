import { createServer, type Server } from 'node:http';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';
import type { UpResult } from '../../src/usecases/up.js';
import type { ListedTool } from '../../src/usecases/tools.js';
import { createSandbox, type Sandbox } from './sandbox.js';

describe('a chart from a repository', () => {
  let sandbox: Sandbox;
  let server: Server;
  let repository: string;
  const requests: string[] = [];

  beforeAll(async () => {
    sandbox = await createSandbox();
    const folder = await mkdtemp(join(sandbox.folder, 'repository-'));
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      readFile(join(folder, request.url ?? '')).then(
        (content) => response.end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    repository = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    await publish(sandbox, folder, repository);
  });

  afterAll(async () => {
    server.close();
    await sandbox.dispose();
  });

  const write = (version: string, at = repository) =>
    writeFile(
      join(sandbox.work, 'platform.yaml'),
      `apiVersion: platform/v1alpha1
kind: Environment
name: charts
domain: charts.localhost
releases:
  ledger:
    chart: { repository: ${at}, name: service, version: ${version} }
    namespace: apps
    values: { image: { repository: example.org/ledger, tag: v1 } }
`,
    );
  // A cache of its own for charts only would hide what the user's cache knows; so the versions are ours alone.
  const up = () => sandbox.platform.json<UpResult>(['up', '--local']);

  it('is pulled once and installed as it is', async () => {
    await write('9.9.1');

    const first = await up();
    const asked = requests.length;
    const second = await up();

    expect(first.error).toBeUndefined();
    const chart = first.result.summary.steps.find(({ id }) => id === 'chart/ledger');
    expect(chart?.detail).toMatch(/service 9\.9\.1, sha256:/);
    expect(first.result.standIns).toEqual([]);
    expect(requests).toContain('/index.yaml');
    expect(requests.length).toBe(asked);
    expect(second.result.summary.counts.done).toBe(0);
  });

  it("is an error in Helm's words when the repository does not have it", async () => {
    await write('9.9.2');

    const { exitCode, error } = await up();

    expect(exitCode).toBe(4);
    expect(error?.output).toContain('9.9.2');
  });

  it('is an error that names the host when that does not answer, since nothing is known to stand in for it', async () => {
    await write('9.9.1', 'http://127.0.0.1:9');

    const { exitCode, error } = await up();

    expect(exitCode).toBe(3);
    expect(error?.message).toContain('ledger');
    expect(error?.message).toContain('refused');
  });
});

/** Packages our own chart under another version and makes the folder a classic chart repository. */
async function publish(sandbox: Sandbox, folder: string, url: string): Promise<void> {
  const { result } = await sandbox.platform.json<{ tools: ListedTool[] }>(['tools', 'list']);
  const helm = result.tools.find(({ name }) => name === 'helm')?.tool?.path ?? 'helm';
  const processes = systemProcesses();
  await processes.run(helm, ['package', asset('assets/charts/service'), '--version', '9.9.1', '--destination', folder]);
  await processes.run(helm, ['repo', 'index', folder, '--url', url]);
  expect(await readdir(folder)).toContain('service-9.9.1.tgz');
}
