import { z } from 'zod';
import { formatDuration } from '../clock.js';
import { messageOf, PlatformError } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';

/** The programs that watch an environment, as people call them. */
export type MonitoringProgram = 'Prometheus' | 'Alertmanager' | 'inbox';

/** One way to ask one program. Failures are `tool` errors that say who did not answer, and how. */
export interface Transport {
  readonly program: MonitoringProgram;
  /** The URL at which it is asked, or the way through the API server. */
  readonly address: string;
  /** @param path with its query, such as `/api/v1/alerts` */
  get<T>(path: string, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  /** What is no JSON: metrics. */
  text(path: string, signal?: AbortSignal): Promise<string>;
  post<T>(path: string, body: object, schema: z.ZodType<T>, signal?: AbortSignal): Promise<T>;
  delete(path: string, signal?: AbortSignal): Promise<void>;
}

export interface TransportOptions {
  /** Milliseconds an answer may take; 5,000 without it. */
  readonly answerWithinMs?: number;
}

const defaultAnswerMs = 5_000;

/** Asks a program at its own URL. */
export function directTransport(
  program: MonitoringProgram,
  url: string,
  { answerWithinMs = defaultAnswerMs }: TransportOptions = {},
): Transport {
  const base = url.replace(/\/$/, '');
  return transport(program, base, answerWithinMs, async (method, path, body, signal) => {
    const response = await fetch(`${base}${path}`, {
      method,
      signal,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    if (!response.ok) throw new Refusal(`it answered ${String(response.status)}: ${wordsOf(text)}`);
    return text;
  });
}

/** Where a program's Service is: names or numbers of ports after the colon, as the API server's proxy takes them. */
export interface ServiceAddress {
  readonly namespace: string;
  /** `kube-prometheus-stack-prometheus:http-web`. */
  readonly service: string;
}

/** Asks a program through the API server's proxy of its Service. */
export function serviceTransport(
  program: MonitoringProgram,
  client: Pick<ClusterClient, 'text' | 'create' | 'delete'>,
  { namespace, service }: ServiceAddress,
  { answerWithinMs = defaultAnswerMs }: TransportOptions = {},
): Transport {
  const base = `/api/v1/namespaces/${namespace}/services/${service}/proxy`;
  return transport(program, `service ${namespace}/${service}`, answerWithinMs, async (method, path, body, signal) => {
    if (method === 'GET') return client.text(`${base}${path}`, signal);
    if (method === 'POST') return JSON.stringify(await client.create(`${base}${path}`, body ?? {}, signal));
    await client.delete(`${base}${path}`, signal);
    return '';
  });
}

type Method = 'GET' | 'POST' | 'DELETE';
type Ask = (method: Method, path: string, body: object | undefined, signal: AbortSignal) => Promise<string>;

/** A program that answered, but not with what was asked for. */
class Refusal extends Error {}

function transport(program: MonitoringProgram, address: string, answerWithinMs: number, ask: Ask): Transport {
  const failure = (message: string, cause: unknown) =>
    new PlatformError('tool', `${program} (${address}) ${message}`, {
      cause,
      suggestions: ['see `platform status`'],
      facts: { program, address },
    });

  async function send(method: Method, path: string, body: object | undefined, signal?: AbortSignal): Promise<string> {
    const late = AbortSignal.timeout(answerWithinMs);
    try {
      return await ask(method, path, body, signal ? AbortSignal.any([signal, late]) : late);
    } catch (error) {
      signal?.throwIfAborted();
      if (late.aborted) throw failure(`did not answer within ${formatDuration(answerWithinMs)}`, error);
      if (error instanceof Refusal) throw failure(`refused ${method} ${path}: ${error.message}`, error);
      throw failure(`does not answer: ${reasonOf(error)}`, error);
    }
  }

  function read<T>(path: string, text: string, schema: z.ZodType<T>): T {
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const reason = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw failure(`answered ${path} with something unexpected: ${reason}`, error);
    }
  }

  return {
    program,
    address,
    get: async (path, schema, signal) => read(path, await send('GET', path, undefined, signal), schema),
    text: (path, signal) => send('GET', path, undefined, signal),
    post: async (path, body, schema, signal) => read(path, await send('POST', path, body, signal), schema),
    async delete(path, signal) {
      await send('DELETE', path, undefined, signal);
    },
  };
}

const refusalSchema = z.object({ error: z.string().optional(), message: z.string().optional() });

/** The words of a refusal: all three programs say them in JSON, Alertmanager sometimes as a JSON text. */
function wordsOf(text: string): string {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said === 'string') return said;
    const { error, message } = refusalSchema.parse(said);
    return error ?? message ?? text.trim();
  } catch {
    return text.trim().slice(0, 500);
  }
}

// What went wrong with a connection is said by the cause of what fetch throws.
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED'
    ? 'it refused the connection'
    : messageOf(cause);
}
