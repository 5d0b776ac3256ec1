import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryOptions {
  /** Asks for a token first, as public registries do; `basic` for a password with each request. */
  readonly login?: 'none' | 'token' | 'basic';
  /** Who may read; without it anybody who brings a token. */
  readonly user?: string;
  /** Whether it says digests in a header. */
  readonly saysDigests?: boolean;
}

/** An image registry on this machine, as far as reading manifests goes. */
export interface RegistryServer {
  /** `127.0.0.1:41234`. */
  readonly host: string;
  /** `HEAD /v2/shop/web/manifests/1.0`, in the order in which they came. */
  readonly requests: readonly string[];
  /** What answers instead, from now on, with this status. */
  refuse(status: number): void;
  /** Puts an image up; its digest. */
  push(repository: string, tag: string, manifest?: string): string;
  stop(): Promise<void>;
}

export async function startRegistry({
  login = 'none',
  user,
  saysDigests = true,
}: RegistryOptions = {}): Promise<RegistryServer> {
  const manifests = new Map<string, string>();
  const requests: string[] = [];
  let refusal: number | undefined;
  let host = '';
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`;

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', `http://${host}`);
    const { authorization, accept = '' } = request.headers;
    if (url.pathname === '/v2/') {
      response.writeHead(200).end();
      return;
    }
    requests.push(`${request.method ?? ''} ${url.pathname}`);
    if (url.pathname === '/token') {
      if (basic !== undefined && authorization !== basic) response.writeHead(401).end();
      else response.end(JSON.stringify({ token: `for ${url.searchParams.get('scope') ?? ''}` }));
      return;
    }
    if (refusal !== undefined) {
      response.writeHead(refusal).end();
      return;
    }
    const [, repository = ''] = /^\/v2\/(.+)\/manifests\//.exec(url.pathname) ?? [];
    const scope = `repository:${repository}:pull`;
    if (login === 'token' && authorization !== `Bearer for ${scope}`) {
      const challenge = `Bearer realm="http://${host}/token",service="images, all",scope="${scope}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end();
      return;
    }
    if (login === 'basic' && authorization !== basic) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="images"' }).end();
      return;
    }
    const manifest = manifests.get(url.pathname);
    if (manifest === undefined || !accept.includes('application/vnd.oci.image.index.v1+json')) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, saysDigests ? { 'docker-content-digest': digestOf(manifest) } : {});
    response.end(manifest);
  };

  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return {
    host,
    requests,
    refuse(status) {
      refusal = status;
    },
    push(repository, tag, manifest = `${repository}:${tag}`) {
      manifests.set(`/v2/${repository}/manifests/${tag}`, manifest);
      return digestOf(manifest);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function digestOf(manifest: string): string {
  return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
}
