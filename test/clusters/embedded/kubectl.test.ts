import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { writeKubectl } from '../../../src/clusters/embedded/kubectl.js';
import { asset } from '../../../src/paths.js';
import { systemProcesses } from '../../../src/process.js';
import { apiServer, type ApiServer } from '../../kubernetes/api-server.js';

let folder = '';
let api: ApiServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "platform kubectl isn't-"));
  api = await apiServer();
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

/** By its name alone, as kwokctl calls it. */
async function kubectl(...args: string[]) {
  const PATH = await writeKubectl(folder);
  return systemProcesses().run('sh', ['-c', 'kubectl "$@"', 'sh', ...args], { env: { PATH }, allowFailure: true });
}

describe('what kwokctl takes for kubectl', () => {
  it('tells what the API server says at a path', async () => {
    api.answer = (response, { path }) => {
      if (path === '/healthz') response.end('ok');
      return path === '/healthz';
    };
    expect(await kubectl('--kubeconfig', api.kubeconfig, 'get', '--raw', '/healthz')).toMatchObject({
      stdout: 'ok',
      exitCode: 0,
    });
  });

  it('fails when the API server refuses or is not there', async () => {
    api.answer = (response) => {
      response.writeHead(503).end('not yet');
      return true;
    };
    const refused = await kubectl('--kubeconfig', api.kubeconfig, 'get', '--raw', '/healthz');
    expect(refused).toMatchObject({ exitCode: 1, stderr: 'the API server answered /healthz with 503\n' });
    await api.close();
    api = await apiServer();
    const { kubeconfig } = api;
    api.client.close();
    api.answer = (response) => {
      response.destroy();
      return true;
    };
    expect(await kubectl('--kubeconfig', kubeconfig, 'get', '--raw', '/healthz')).toMatchObject({ exitCode: 1 });
  });

  it('writes down the objects of a folder with a kustomization', async () => {
    const { stdout } = await kubectl('kustomize', asset('assets/embedded/metrics-server'));
    const kinds = parseAllDocuments(stdout).map((document) => (document.toJS() as { kind: string }).kind);
    expect(kinds).toEqual(['Service', 'APIService']);
  });

  it('does nothing else', async () => {
    expect(await kubectl('delete', 'namespace', 'default')).toMatchObject({
      exitCode: 1,
      stderr: 'this is not kubectl, and cannot do: delete namespace default\n',
    });
  });
});
