import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect, type ClusterClient } from '../../src/kubernetes/client.js';
import { kubeconfigText } from '../../src/kubernetes/kubeconfig.js';
import { asset } from '../../src/paths.js';

export interface Request {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface StoredObject {
  readonly metadata?: {
    readonly name?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** A small API server that keeps objects by their REST paths and speaks TLS; nothing in it happens by itself. */
export interface ApiServer {
  readonly address: string;
  readonly kubeconfig: string;
  readonly client: ClusterClient;
  /** By the path of the object; changing it changes the next answers. */
  readonly objects: Map<string, StoredObject>;
  readonly requests: Request[];
  /** Connections made to it so far. */
  readonly connections: number;
  /** Answers instead of the store unless it returns false. */
  answer: (response: ServerResponse, request: Request) => boolean;
  close(): Promise<void>;
}

export async function apiServer(
  access: { readonly cluster?: object; readonly user?: object } = {},
): Promise<ApiServer> {
  const [cert, key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((name) => readFile(asset('test/fixtures/api-server', name))),
  );
  const objects = new Map<string, StoredObject>();
  const requests: Request[] = [];
  let connections = 0;
  const server = createServer({ cert, key }, (message, response) => {
    void readRequest(message).then((request) => {
      requests.push(request);
      if (!api.answer(response, request)) serve(request, response, objects);
    });
  });
  server.on('secureConnection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const folder = await mkdtemp(join(tmpdir(), 'platform-api-server-'));
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server: address, 'certificate-authority-data': cert?.toString('base64'), ...access.cluster };
  await writeFile(kubeconfig, kubeconfigText('test', { cluster, user: { token: 'secret', ...access.user } }));
  const client = await connect(kubeconfig, 'test');
  const api: ApiServer = {
    address,
    kubeconfig,
    client,
    objects,
    requests,
    get connections() {
      return connections;
    },
    answer: () => false,
    async close() {
      client.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return api;
}

/** An answer in JSON, as the API server gives it. */
export function send(response: ServerResponse, status: number, document: object): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  return true;
}

async function readRequest(message: IncomingMessage): Promise<Request> {
  const url = new URL(message.url ?? '/', 'https://server');
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: message.headers,
    body: await text(message),
  };
}

function serve(request: Request, response: ServerResponse, objects: ApiServer['objects']): void {
  const { method, path, query, body } = request;
  const found = objects.get(path);
  const given = method === 'DELETE' || !body ? {} : (JSON.parse(body) as StoredObject);
  if (method === 'GET' && isCollection(path)) {
    const items = [...objects].filter(([key]) => isIn(key, path)).map(([, object]) => object);
    send(response, 200, { items: items.filter((item) => isSelected(item, query['labelSelector'])) });
    return;
  }
  if (method === 'POST') {
    const target = `${path}/${given.metadata?.name ?? ''}`;
    if (objects.has(target)) refuse(response, 409, 'AlreadyExists', `${target} already exists`);
    else store(target, given, 201);
  } else if (method === 'PATCH') {
    store(path, given, found ? 200 : 201);
  } else if (!found) {
    refuse(response, 404, 'NotFound', `${path} not found`);
  } else if (method === 'PUT') {
    const version = given.metadata?.resourceVersion;
    if (version !== undefined && version !== found.metadata?.resourceVersion) {
      refuse(response, 409, 'Conflict', 'the object has been modified');
    } else store(path, given, 200);
  } else if (method === 'DELETE') {
    objects.delete(path);
    send(response, 200, { status: 'Success' });
  } else {
    send(response, 200, found);
  }

  function store(target: string, object: StoredObject, status: number): void {
    const version = Number(objects.get(target)?.metadata?.resourceVersion ?? 0) + 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
    objects.set(target, stored);
    send(response, status, stored);
  }
}

function refuse(response: ServerResponse, status: number, reason: string, message: string): void {
  send(response, status, { kind: 'Status', status: 'Failure', reason, message });
}

// /api/v1/pods, /apis/apps/v1/namespaces/web/deployments; not /api/v1/namespaces/web.
function isCollection(path: string): boolean {
  const [, root, ...rest] = path.split('/');
  const segments = rest.slice(root === 'api' ? 1 : 2);
  return segments.length === 1 || (segments[0] === 'namespaces' && segments.length === 3);
}

/** True for an object of a collection, of one namespace or of all. */
function isIn(object: string, collection: string): boolean {
  const parent = object.slice(0, object.lastIndexOf('/'));
  return parent === collection || parent.replace(/\/namespaces\/[^/]+(?=\/)/, '') === collection;
}

function isSelected({ metadata }: StoredObject, selector = ''): boolean {
  return selector
    .split(',')
    .filter((part) => part !== '')
    .every((part) => {
      const [key = '', value] = part.split('=');
      const label = metadata?.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    });
}
