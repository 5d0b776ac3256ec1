import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemProcesses } from '../../src/process.js';

/** Files of a chart by their path in it; Chart.yaml is made. */
export interface PublishedChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  readonly kubeVersion?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** A classic chart repository on this machine. */
export interface Publisher {
  readonly url: string;
  /** Archives that were asked for, such as `web-1.0.0.tgz`. */
  readonly pulls: readonly string[];
  /** Puts a chart up, in place of one of the same version; the digest of its archive. */
  publish(chart: PublishedChart): Promise<string>;
  stop(): Promise<void>;
}

export async function startPublisher(): Promise<Publisher> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-publisher-'));
  const versions = new Map<string, PublishedChart>();
  const pulls: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').slice(1);
    if (path.endsWith('.tgz')) pulls.push(path);
    readFile(join(folder, path)).then(
      (content) => response.end(content),
      () => response.writeHead(path === '' ? 200 : 404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  return {
    url,
    pulls,
    async publish(chart) {
      const archive = join(folder, `${chart.name}-${chart.version}.tgz`);
      await writeChart(join(folder, 'work', chart.name), chart);
      await systemProcesses().run('tar', ['-czf', archive, '-C', join(folder, 'work'), chart.name]);
      await rm(join(folder, 'work'), { recursive: true });
      versions.set(archive, chart);
      await writeFile(join(folder, 'index.yaml'), index([...versions.values()], url));
      return `sha256:${createHash('sha256')
        .update(await readFile(archive))
        .digest('hex')}`;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes a chart as a folder. */
export async function writeChart(folder: string, { files = {}, ...metadata }: PublishedChart): Promise<void> {
  const all = { 'Chart.yaml': JSON.stringify({ apiVersion: 'v2', ...metadata }), ...files };
  for (const [path, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A template of a Deployment that runs `.Values.image`. */
export const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Release.Name }}" }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: {{ .Values.image | quote }} }] }
`;

/** A definition of the kind \`Thing\`, with a description that can be changed. */
export const definition = (description = 'a thing') => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.org }
spec:
  group: example.org
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
    - { name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, description: ${description} } } }
`;

function index(charts: readonly PublishedChart[], url: string): string {
  const entries: Record<string, object[]> = {};
  for (const { name, version } of charts) {
    (entries[name] ??= []).push({ apiVersion: 'v2', name, version, urls: [`${url}/${name}-${version}.tgz`] });
  }
  return JSON.stringify({ apiVersion: 'v1', entries });
}
