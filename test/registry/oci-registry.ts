import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface OciRegistryOptions {
  /** Asks for a token for each repository and each kind of use, as public registries do. */
  readonly asksForTokens?: boolean;
  /** `user:password`; without it everybody gets tokens. */
  readonly user?: string;
  /** Takes an index whose images it does not have. */
  readonly takesSparse?: boolean;
  /** Another host that it sends readers of blobs to. */
  readonly blobsAt?: () => string;
  /** Whether it says digests in a header. */
  readonly saysDigests?: boolean;
}

export interface Kept {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A whole image registry on this machine, ended with the test: what the OCI distribution protocol asks for. */
export interface OciRegistry {
  /** `127.0.0.1:41234`. */
  readonly host: string;
  /** `HEAD /v2/shop/web/manifests/1.0`, in the order in which they came. */
  readonly requests: string[];
  /** What was said in `authorization`, request by request. */
  readonly authorizations: (string | undefined)[];
  /** By `repository@digest`. */
  readonly blobs: Map<string, Buffer>;
  /** By `repository:tag` and `repository@digest`. */
  readonly manifests: Map<string, Kept>;
  /** Tokens given until now are worth nothing any more. */
  expireTokens(): void;
  /** Answers requests whose line fits with this from now on. */
  refuse(line: RegExp, status: number, body?: string): void;
  stop(): Promise<void>;
}

export async function startOciRegistry(options: OciRegistryOptions = {}): Promise<OciRegistry> {
  const { saysDigests = true } = options;
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, Kept>();
  const refusals: { line: RegExp; status: number; body: string }[] = [];
  let generation = 1;
  let host = '';

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    const { method = '' } = request;
    const url = new URL(request.url ?? '', `http://${host}`);
    const line = `${method} ${url.pathname}`;
    requests.push(line);
    authorizations.push(request.headers.authorization);
    const body = await bodyOf(request);
    const refusal = refusals.find((one) => one.line.test(line));
    if (refusal) return end(response, refusal.status, refusal.body);
    if (url.pathname === '/token') return giveToken(request, url, response);
    const [, repository = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs|tags)\/(.*)$/.exec(url.pathname) ?? [];
    if (!isAllowed(request, repository)) {
      const scope = `repository:${repository}:${rightOf(method)}`;
      response.setHeader('www-authenticate', `Bearer realm="http://${host}/token",service="images",scope="${scope}"`);
      return end(response, 401, '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}');
    }
    switch (`${method} ${kind}`) {
      case 'GET tags': {
        const prefix = `${repository}:`;
        const tags = [...manifests.keys()].filter((key) => key.startsWith(prefix));
        return tags.length === 0 ? end(response, 404) : end(response, 200, JSON.stringify({ tags }));
      }
      case 'HEAD manifests':
      case 'GET manifests': {
        const found = manifests.get(keyOf(repository, rest));
        if (!found) return end(response, 404, '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}');
        response.setHeader('content-type', found.mediaType);
        if (saysDigests) response.setHeader('docker-content-digest', digestOf(found.bytes));
        return end(response, 200, method === 'HEAD' ? '' : found.bytes);
      }
      case 'PUT manifests': {
        const missing = missingIn(repository, body);
        if (missing !== undefined) {
          const error = { code: 'MANIFEST_BLOB_UNKNOWN', message: 'blob unknown to registry', detail: missing };
          return end(response, 400, JSON.stringify({ errors: [error] }));
        }
        const kept = { mediaType: request.headers['content-type'] ?? '', bytes: body };
        manifests.set(keyOf(repository, rest), kept).set(keyOf(repository, digestOf(body)), kept);
        return end(response, 201);
      }
      case 'HEAD blobs':
      case 'GET blobs': {
        const found = blobs.get(`${repository}@${rest}`);
        if (!found) return end(response, 404);
        const elsewhere = options.blobsAt?.();
        if (elsewhere !== undefined && method === 'GET') {
          response.setHeader('location', `${elsewhere}${url.pathname}`);
          return end(response, 307);
        }
        response.setHeader('content-length', found.length);
        return end(response, 200, method === 'HEAD' ? '' : found);
      }
      case 'POST blobs/uploads':
        response.setHeader('location', `/v2/${repository}/blobs/uploads/one?state=1`);
        return end(response, 202);
      case 'PUT blobs/uploads': {
        const digest = url.searchParams.get('digest') ?? '';
        if (digest !== digestOf(body) || url.searchParams.get('state') !== '1') {
          return end(response, 400, '{"errors":[{"code":"DIGEST_INVALID"}]}');
        }
        blobs.set(`${repository}@${digest}`, body);
        return end(response, 201);
      }
      default:
        return end(response, 404);
    }
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(stop);
  return {
    ...{ host, requests, authorizations, blobs, manifests, stop },
    expireTokens() {
      generation += 1;
    },
    refuse(line, status, body = '') {
      refusals.unshift({ line, status, body });
    },
  };

  function giveToken(request: IncomingMessage, url: URL, response: ServerResponse): ServerResponse {
    const basic = options.user === undefined ? undefined : `Basic ${Buffer.from(options.user).toString('base64')}`;
    if (basic !== undefined && request.headers.authorization !== basic) return end(response, 401);
    const token = `${url.searchParams.get('scope') ?? ''} ${String(generation)}`;
    return end(response, 200, JSON.stringify({ token: Buffer.from(token).toString('base64') }));
  }

  function isAllowed({ headers, method = '' }: IncomingMessage, repository: string): boolean {
    if (!options.asksForTokens) return true;
    const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
    const [scope, of] = Buffer.from(token, 'base64').toString('utf8').split(' ');
    return scope === `repository:${repository}:${rightOf(method)}` && of === String(generation);
  }

  function missingIn(repository: string, body: Buffer): string | undefined {
    const { config, layers = [], manifests: parts = [] } = JSON.parse(body.toString('utf8')) as Manifest;
    const blob = [...(config ? [config] : []), ...layers].find(({ digest }) => !blobs.has(`${repository}@${digest}`));
    const part = parts.find(({ digest }) => !manifests.has(`${repository}@${digest}`));
    return (blob ?? (options.takesSparse ? undefined : part))?.digest;
  }
}

interface Manifest {
  readonly config?: { readonly digest: string };
  readonly layers?: readonly { readonly digest: string }[];
  readonly manifests?: readonly { readonly digest: string }[];
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function rightOf(method: string): string {
  return ['GET', 'HEAD'].includes(method) ? 'pull' : 'pull,push';
}

function keyOf(repository: string, reference: string): string {
  return `${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function end(response: ServerResponse, status: number, body: string | Buffer = ''): ServerResponse {
  response.statusCode = status;
  return response.end(body);
}
