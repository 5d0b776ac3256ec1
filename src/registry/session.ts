import { PlatformError } from '../errors.js';
import { registryUrl } from './address.js';
import type { CredentialsOf } from './docker-credentials.js';
import { createGrants } from './grants.js';
import { createTransport, type RegistryAnswer, type RegistryRequest, type Transport } from './transport.js';

export interface SessionRequest extends RegistryRequest {
  readonly registry: string;
  readonly repository: string;
}

/** Requests to registries, with the rights that they ask for and to where they redirect. */
export interface RegistrySession {
  ask(url: string, request: SessionRequest): Promise<RegistryAnswer>;
}

export interface SessionOptions {
  /** The user's proxy settings. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly credentials: CredentialsOf;
}

const maxRedirects = 5;

export function createSession({ variables, credentials }: SessionOptions): RegistrySession {
  const transport = createTransport(variables);
  const grantFor = createGrants({ ask: (url, options) => answerOf(transport, url, options) }, credentials);
  /** By registry, repository and what is done with it. */
  const rights = new Map<string, string>();

  return {
    async ask(url, { registry, repository, ...request }) {
      // An upload can be sent to another host, which must not see who we are either.
      if (!isAt(url, registryUrl(registry))) return follow(transport, url, request);
      const key = [registry, repository, ['GET', 'HEAD'].includes(request.method) ? 'pull' : 'push'].join(' ');
      const known = rights.get(key);
      const first = await follow(transport, url, authorized(request, known));
      if (first.status !== 401) return first;
      const granted = await grantFor(first, registry, request.signal, known);
      if (granted === undefined) return first;
      await first.giveUp();
      rights.set(key, granted);
      return follow(transport, url, authorized(request, granted));
    },
  };
}

function authorized(request: RegistryRequest, authorization: string | undefined): RegistryRequest {
  if (authorization === undefined) return request;
  return { ...request, headers: { ...request.headers, authorization } };
}

/** Blobs are often on another host, which must not see who we are; never from https to http. */
async function follow(
  transport: Transport,
  url: string,
  request: RegistryRequest,
  left = maxRedirects,
): Promise<RegistryAnswer> {
  const answer = await transport(url, request);
  const { location } = answer.headers;
  if (answer.status < 300 || answer.status >= 400 || typeof location !== 'string') return answer;
  await answer.giveUp();
  const next = new URL(location, url);
  const isSameHost = isAt(next.href, url);
  if (left === 0) throw new PlatformError('prerequisite', `${url} redirects too often`);
  const { authorization, ...others } = request.headers ?? {};
  const headers = { ...others, ...(authorization !== undefined && isSameHost && { authorization }) };
  return follow(transport, next.href, { ...request, headers }, left - 1);
}

/** @throws PlatformError when what was encrypted would no longer be */
function isAt(next: string, url: string): boolean {
  if (url.startsWith('https:') && !next.startsWith('https:')) {
    throw new PlatformError('prerequisite', `${url} leads to ${next}, which is not encrypted`);
  }
  return new URL(next).origin === new URL(url).origin;
}

async function answerOf(
  transport: Transport,
  url: string,
  options: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal } = {},
) {
  const { headers = {}, signal = new AbortController().signal } = options;
  const answer = await transport(url, { method: 'GET', headers, signal });
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  return { status: answer.status, headers: answer.headers, body: Buffer.concat(chunks) };
}
