import { createServer, type AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError, ApiUnreachableError } from '../../src/kubernetes/api-errors.js';
import { connect } from '../../src/kubernetes/client.js';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { apiServer, send, type ApiServer } from './api-server.js';

const cleanups: (() => Promise<unknown>)[] = [];
let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  cleanups.push(() => api.close());
});
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

const configMap = (name: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'web', ...more },
});
const path = '/api/v1/namespaces/web/configmaps/settings';

/** A server that takes connections and never says a word. */
async function silentServer(): Promise<string> {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function kubeconfigFor(server: string, cluster: object = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-client-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'kubeconfig');
  await writeFile(file, kubeconfigText('test', { cluster: { server, ...cluster }, user: { token: 'secret' } }));
  return file;
}

describe('reading', () => {
  it('gives an object', async () => {
    api.objects.set(path, configMap('settings'));
    expect(await api.client.get(path)).toEqual(configMap('settings'));
  });

  it('gives nothing for an object that does not exist', async () => {
    expect(await api.client.get(path)).toBeUndefined();
  });

  it('refuses in the server’s words when reading is not allowed', async () => {
    api.answer = (response) => send(response, 403, { reason: 'Forbidden', message: 'configmaps is forbidden' });
    const error: unknown = await api.client.get(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      status: 403,
      reason: 'Forbidden',
      code: 'tool',
      message: `the API server refused GET ${path}: configmaps is forbidden`,
    });
  });

  it('asks again where the server is too busy, or makes the storage of a definition anew', async () => {
    api.objects.set(path, configMap('settings'));
    let refusals = 0;
    api.answer = (response) => {
      if (refusals === 1) return false;
      refusals += 1;
      send(response, 429, { message: 'storage is (re)initializing', reason: 'TooManyRequests' });
      return true;
    };
    expect(await api.client.get(path)).toMatchObject({ metadata: { name: 'settings' } });
    expect(api.requests).toHaveLength(2);
  });

  it('takes a refusal that is not JSON, as a proxy writes it', async () => {
    api.answer = (response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>bad gateway</h1>\n');
      return true;
    };
    await expect(api.client.get(path)).rejects.toThrow(`the API server refused GET ${path}: <h1>bad gateway</h1>`);
  });

  it('sends its credentials', async () => {
    await api.client.get(path);
    expect(api.requests[0]?.headers.authorization).toBe('Bearer secret');
  });

  it('counts its requests', async () => {
    await api.client.get(path);
    await api.client.list('/api/v1/configmaps');
    expect(api.client.requests).toBe(2);
  });

  it('gives characters whole that were cut between two packets', async () => {
    api.answer = (response) => {
      const bytes = Buffer.from('{"text":"ü"}');
      const cut = bytes.indexOf(0xc3) + 1;
      response.write(bytes.subarray(0, cut), () => setTimeout(() => response.end(bytes.subarray(cut)), 20));
      return true;
    };
    expect(await api.client.get('/api/v1/thing')).toEqual({ text: 'ü' });
  });
});

describe('listing', () => {
  it('gives the items', async () => {
    api.objects.set(path, configMap('settings'));
    expect(await api.client.list('/api/v1/configmaps')).toEqual([configMap('settings')]);
  });

  it('asks with the selectors it was given', async () => {
    await api.client.list('/api/v1/events', { labelSelector: 'a=b,c', fieldSelector: 'type=Warning' });
    expect(api.requests[0]?.query).toEqual({ labelSelector: 'a=b,c', fieldSelector: 'type=Warning' });
  });

  it('asks for metadata alone where that is enough', async () => {
    await api.client.list('/api/v1/secrets', { labelSelector: 'owner=helm', metadataOnly: true });
    await api.client.list('/api/v1/secrets');
    expect(api.requests.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json',
    ]);
    expect(api.requests[0]?.query).toEqual({ labelSelector: 'owner=helm' });
  });

  it('is empty where the server says null', async () => {
    api.answer = (response) => send(response, 200, { items: null });
    expect(await api.client.list('/api/v1/secrets')).toEqual([]);
  });

  it('refuses for a collection that does not exist', async () => {
    api.answer = (response) => send(response, 404, { reason: 'NotFound', message: 'no such resource' });
    await expect(api.client.list('/apis/example.org/v1/things')).rejects.toMatchObject({ status: 404 });
  });
});

describe('writing', () => {
  it('applies as the field manager platform, without force', async () => {
    await api.client.apply(configMap('settings'));
    expect(api.requests[0]).toMatchObject({ method: 'PATCH', path, query: { fieldManager: 'platform' } });
    expect(api.requests[0]?.headers['content-type']).toBe('application/apply-patch+yaml');
  });

  it('names the other manager of a field in a conflict', async () => {
    const message = 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.colour';
    api.answer = (response) => send(response, 409, { reason: 'Conflict', message });
    await expect(api.client.apply(configMap('settings'))).rejects.toMatchObject({
      status: 409,
      code: 'conflict',
      message: expect.stringContaining('kubectl-edit') as string,
    });
  });

  it('says what is wrong with an object that the server cannot take', async () => {
    const message = 'ConfigMap "settings" is invalid: data: Invalid value: "colour"';
    api.answer = (response) => send(response, 422, { reason: 'Invalid', message });
    await expect(api.client.apply(configMap('settings'))).rejects.toMatchObject({
      status: 422,
      reason: 'Invalid',
      code: 'tool',
      message: expect.stringContaining('Invalid value: "colour"') as string,
    });
  });

  it('counts the bytes of what it sends, not the characters', async () => {
    await api.client.create('/api/v1/namespaces/web/configmaps', { ...configMap('settings'), data: { name: 'Zoë' } });
    expect(api.objects.get(path)).toMatchObject({ data: { name: 'Zoë' } });
  });

  it('does not create what exists', async () => {
    api.objects.set(path, configMap('settings'));
    const again = api.client.create('/api/v1/namespaces/web/configmaps', configMap('settings'));
    await expect(again).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' });
  });

  it('does not replace what somebody else has changed since', async () => {
    api.objects.set(path, configMap('settings', { resourceVersion: '7' }));
    await expect(api.client.replace(path, configMap('settings', { resourceVersion: '6' }))).rejects.toMatchObject({
      status: 409,
      code: 'conflict',
    });
  });

  it('merges a patch into an object, and removes what is null in it', async () => {
    api.objects.set(path, { ...configMap('settings', { uid: 'one', labels: { a: '1', b: '2' } }) });

    const patched = await api.client.patch(path, { metadata: { uid: 'one', labels: { a: null, c: '3' } } });

    expect(patched.metadata.labels).toEqual({ b: '2', c: '3' });
    expect(api.requests[0]).toMatchObject({ method: 'PATCH', query: { fieldManager: 'platform' } });
  });

  it('does not patch another object, or one that somebody has changed since', async () => {
    api.objects.set(path, configMap('settings', { uid: 'one', resourceVersion: '7' }));
    await expect(api.client.patch(path, { metadata: { uid: 'two' } })).rejects.toMatchObject({ status: 409 });
    await expect(api.client.patch(path, { metadata: { resourceVersion: '6' } })).rejects.toMatchObject({ status: 409 });
    await expect(api.client.patch(`${path}-too`, {})).rejects.toMatchObject({ status: 404 });
  });

  it('deletes only what it was told to, where it was', async () => {
    api.objects.set(path, configMap('settings', { uid: 'one' }));
    await expect(api.client.delete(path, undefined, { uid: 'two' })).rejects.toMatchObject({ status: 409 });
    expect(api.objects.has(path)).toBe(true);
    await api.client.delete(path, undefined, { uid: 'one' });
    expect(api.objects.has(path)).toBe(false);
  });

  it('deletes with what the object owns', async () => {
    api.objects.set(path, configMap('settings'));
    await api.client.delete(path);
    expect(api.objects.size).toBe(0);
    expect(JSON.parse(api.requests[0]?.body ?? '')).toEqual({ propagationPolicy: 'Background' });
  });

  it('takes it for deleted when it was not there', async () => {
    await expect(api.client.delete(path)).resolves.toBeUndefined();
  });
});

describe('the connection', () => {
  it('is kept for the next request', async () => {
    for (let count = 0; count < 5; count += 1) await api.client.get(path);
    expect(api.connections).toBe(1);
  });

  it('is made again after the server has closed it', async () => {
    await api.client.get(path);
    api.answer = (response) => {
      api.answer = () => false;
      response.socket?.destroy();
      return true;
    };
    await expect(api.client.get(path)).rejects.toBeInstanceOf(ApiUnreachableError);
    expect(await api.client.get(path)).toBeUndefined();
  });

  it('ends at once when it is aborted, with the reason', async () => {
    api.answer = () => true;
    const ending = new AbortController();
    const reading = api.client.get(path, ending.signal);
    await expect.poll(() => api.requests.length).toBe(1);
    ending.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
  });

  it('carries many requests of one signal, and warns nobody', async () => {
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => api.client.get(path, signal)));
    // Warnings are emitted in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    expect(warnings).toEqual([]);
    expect(api.connections).toBeLessThanOrEqual(8);
  });

  it('asks nothing at all when it was aborted before', async () => {
    await expect(api.client.get(path, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
    expect(api.requests).toEqual([]);
  });
});

describe('an API server that cannot be reached', () => {
  it('is never taken for an absent object: it refuses connections', async () => {
    const address = `https://127.0.0.1:${String(await freePort())}`;
    const client = await connect(await kubeconfigFor(address), 'test');
    const error: unknown = await client.get(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiUnreachableError);
    expect(error).toMatchObject({ code: 'tool', message: `the API server at ${address} does not answer` });
  });

  it('is given up when it takes the connection and stays silent', async () => {
    const client = await connect(await kubeconfigFor(await silentServer()), 'test', { answerTimeoutMs: 100 });
    const error: unknown = await client.get(path).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiUnreachableError);
    expect(error).toMatchObject({ cause: { message: 'no answer within 0.1 s' } });
    client.close();
  });

  it('is given up when it stays silent in the middle of an answer', async () => {
    api.answer = (response) => {
      response.writeHead(200).write('{"items": [');
      return true;
    };
    const client = await connect(api.kubeconfig, 'test', { answerTimeoutMs: 100 });
    await expect(client.list('/api/v1/pods')).rejects.toBeInstanceOf(ApiUnreachableError);
    client.close();
  });

  it('is given up when it hangs up in the middle of an answer', async () => {
    api.answer = (response) => {
      response.writeHead(200).write('{"items": [', () => response.destroy());
      return true;
    };
    await expect(api.client.list('/api/v1/pods')).rejects.toBeInstanceOf(ApiUnreachableError);
  });
});

describe('certificates', () => {
  it('are checked: a server of an unknown authority is refused, by name', async () => {
    const client = await connect(await kubeconfigFor(api.address), 'test');
    const error: unknown = await client.get(path).catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(ApiUnreachableError);
    expect(error).toMatchObject({
      code: 'tool',
      message: expect.stringContaining(
        `the API server at ${api.address} has a certificate that is not trusted`,
      ) as string,
    });
    expect(api.requests).toEqual([]);
  });

  it('are checked against the name the kubeconfig gives the server', async () => {
    const named = await apiServer({ cluster: { 'tls-server-name': 'kubernetes.example' } });
    cleanups.push(() => named.close());
    await expect(named.client.get(path)).rejects.toThrow(/not trusted.*kubernetes\.example/);
  });

  it('are not checked where the kubeconfig says so', async () => {
    const client = await connect(await kubeconfigFor(api.address, { 'insecure-skip-tls-verify': true }), 'test');
    expect(await client.get(path)).toBeUndefined();
    client.close();
  });
});

describe('connecting', () => {
  it('refuses a context that the file does not have', async () => {
    await expect(connect(api.kubeconfig, 'other')).rejects.toMatchObject({
      code: 'conflict',
      message: `${api.kubeconfig} has no context other`,
    });
  });
});
