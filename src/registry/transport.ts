import type { Dispatcher } from 'undici';
import { openDispatcher, wordsOf } from '../dispatcher.js';
import { PlatformError } from '../errors.js';
import { unlessAborted } from '../unless-aborted.js';
import { isOnThisMachine } from './address.js';

export interface RegistryRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Opened again should the request have to be made again. */
  readonly body?: () => Promise<AsyncIterable<Buffer>>;
  readonly signal: AbortSignal;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** To be read to its end, or given up. */
  readonly body: AsyncIterable<Buffer>;
  giveUp(): Promise<void>;
}

/** One request to a registry, without following where it redirects to; any status is an answer. */
export type Transport = (url: string, request: RegistryRequest) => Promise<RegistryAnswer>;

const connectWithinMs = 5000;
/** How long a registry may think; not for uploads, which it answers at their end. */
const answerWithinMs = 30_000;
const pauseWithinMs = 60_000;

/**
 * Connections to registries, kept open between requests. Unlike `Network` it neither remembers silent hosts (the
 * registry on this machine is started while we run) nor asks a proxy for this machine, and bodies can be of any size.
 * @param variables The user's proxy settings
 */
export function createTransport(variables: Readonly<Record<string, string | undefined>>): Transport {
  let opened: Promise<Dispatcher> | undefined;

  return async (url, { method, headers, body, signal }) => {
    const { request } = await import('undici');
    const { Readable } = await import('node:stream');
    const dispatcher = await (opened ??= openDispatcher(variables, { timeoutMs: connectWithinMs }));
    try {
      const content = body && Readable.from(await body(), { objectMode: false });
      const asked = request(url, {
        method,
        dispatcher,
        headers: { 'user-agent': 'platform', ...headers },
        headersTimeout: content ? 0 : answerWithinMs,
        bodyTimeout: pauseWithinMs,
        signal,
        ...(content && { body: content }),
      });
      asked.catch(() => undefined);
      const answer = await unlessAborted(asked, signal);
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: told(answer.body as AsyncIterable<Buffer>, url, signal),
        giveUp: () => answer.body.dump(),
      };
    } catch (error) {
      throw unreachable(error, url, signal);
    }
  };
}

async function* told(body: AsyncIterable<Buffer>, url: string, signal: AbortSignal): AsyncIterable<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw unreachable(error, url, signal);
  }
}

// What the source of an upload says is not this registry's fault.
function unreachable(error: unknown, url: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof PlatformError) return error;
  const reason = wordsOf(error);
  const { host } = new URL(url);
  return new PlatformError('prerequisite', `${host} cannot be reached: ${reason}`, {
    cause: error,
    suggestions: isOnThisMachine(host)
      ? []
      : [`check that ${host} can be reached from here (proxies: HTTPS_PROXY, NO_PROXY)`],
    facts: { reason, isSilent: true },
  });
}
