import type { Call } from './call.js';
import type { Tracing } from './tracing.js';

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its leading slash, and the query if there is one. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; name its content-type in `headers`. */
  readonly body?: Uint8Array;
  /** Instead of the upstream's own limit, for the whole answer. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /**
   * The body as JSON.
   * @throws UpstreamError when it is none
   */
  json(): unknown;
}

/** Another service of ours. */
export interface Upstream {
  readonly name: string;
  /**
   * Asks once; a GET whose connection broke is asked a second time within the same limit, because an idle connection may
   * close just as it is used. Writes are never repeated.
   * @throws UpstreamError when there is no whole answer in time; any status is an answer
   */
  send(call: Call, ask: Ask): Promise<Answer>;
}

/** No answer, or none that can be understood. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';

  constructor(
    readonly upstream: string,
    readonly reason: 'unreachable' | 'too slow' | 'garbled',
    cause: unknown,
  ) {
    super(`${upstream} is ${reason}`, { cause });
  }
}

/**
 * @param options.url base address such as `http://auth`
 * @param options.timeoutMs limit for the whole answer, its body included
 */
export function connectUpstream(
  options: { readonly name: string; readonly url: string; readonly timeoutMs: number },
  tracing: Tracing,
): Upstream {
  const { name, url } = options;

  async function once(ask: Ask, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const body = ask.json === undefined ? ask.body : JSON.stringify(ask.json);
    const response = await fetch(`${url}${ask.path}`, {
      method: ask.method,
      headers,
      signal,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    return answer(name, response, Buffer.from(await response.arrayBuffer()));
  }

  return {
    name,
    async send(call, ask) {
      const signal = AbortSignal.timeout(ask.timeoutMs ?? options.timeoutMs);
      const span = tracing.start(`${ask.method} ${name}`, 'client', call.context, {
        'http.request.method': ask.method,
        'peer.service': name,
      });
      const headers = {
        ...(ask.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...ask.headers,
        ...tracing.outgoing(span.context),
        'x-request-id': call.requestId,
      };
      try {
        const result = await once(ask, headers, signal).catch((error: unknown) => {
          if (ask.method !== 'GET' || signal.aborted) throw error;
          return once(ask, headers, signal);
        });
        span.end({ 'http.response.status_code': result.status });
        return result;
      } catch (error) {
        const failure = new UpstreamError(name, signal.aborted ? 'too slow' : 'unreachable', error);
        span.end({}, failure.message);
        throw failure;
      }
    },
  };
}

function answer(name: string, response: Response, body: Buffer): Answer {
  return {
    status: response.status,
    headers: response.headers,
    body,
    json() {
      try {
        return JSON.parse(body.toString('utf8')) as unknown;
      } catch (error) {
        throw new UpstreamError(name, 'garbled', error);
      }
    },
  };
}
