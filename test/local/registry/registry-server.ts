import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A small registry that keeps what is pushed in memory and refuses what does not fit its digest, as real ones do. */
export interface RegistryServer {
  readonly port: number;
  /** Bytes by digest. */
  readonly blobs: Map<string, Buffer>;
  /** Text by `repository@digest`. */
  readonly manifests: Map<string, string>;
  close(): Promise<void>;
}

export async function registryServer(port = 0): Promise<RegistryServer> {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, string>();
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    void buffer(request).then((body) => {
      const end = (status: number, headers: Record<string, string> = {}) => response.writeHead(status, headers).end();
      const [, repository = '', kind, reference = ''] =
        /^\/v2\/(.+)\/(blobs\/uploads|manifests)\/(.*)$/.exec(url.pathname) ?? [];
      const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
      if (url.pathname === '/v2/') end(200);
      else if (kind === 'blobs/uploads' && request.method === 'POST') {
        end(202, { location: `/v2/${repository}/blobs/uploads/1?state=x` });
      } else if (kind === 'blobs/uploads' && request.method === 'PUT') {
        if (url.searchParams.get('digest') !== digest || url.searchParams.get('state') !== 'x') end(400);
        else {
          blobs.set(digest, body);
          end(201);
        }
      } else if (kind === 'manifests' && request.method === 'PUT') {
        const named = [...body.toString().matchAll(/"digest":"(sha256:[0-9a-f]{64})"/g)].map(([, one = '']) => one);
        const isKnown = (one: string) => blobs.has(one) || manifests.has(`${repository}@${one}`);
        if (reference !== digest || !named.every(isKnown)) end(400);
        else {
          manifests.set(`${repository}@${digest}`, body.toString());
          end(201);
        }
      } else if (kind === 'manifests' && request.method === 'DELETE') {
        end(manifests.delete(`${repository}@${reference}`) ? 202 : 404);
      } else end(404);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    blobs,
    manifests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of 127.0.0.1 that nobody has. */
export async function freePort(): Promise<number> {
  const server = await registryServer();
  await server.close();
  return server.port;
}
