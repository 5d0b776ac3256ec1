import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { formatDuration } from './clock.js';
import type { Dispatcher } from 'undici';
import { openDispatcher, wordsOf } from './dispatcher.js';
import { PlatformError } from './errors.js';
import type { Ports } from './ports.js';
import { createReachability, type Reachability } from './reachability.js';
import { throttle } from './throttle.js';
import { unlessAborted } from './unless-aborted.js';

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  /** Bytes so far and in all, a few times a second; `total` only where the server says it. */
  readonly onProgress?: (progress: { readonly done: number; readonly total?: number }) => void;
}

export interface Download {
  /** Hexadecimal digest of what was written. */
  readonly sha256: string;
  readonly bytes: number;
}

export interface AskOptions {
  readonly method?: 'GET' | 'HEAD';
  /** Names in lower case. `authorization` goes to the host that was asked, and to no other it redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What a host answered, whatever it was. */
export interface Answer {
  readonly status: number;
  /** Names in lower case; a header that was given more than once is a list. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** At most 4 MiB. */
  readonly body: Buffer;
}

/** Requests to hosts outside, through the user's proxies. Failures are `prerequisite` errors that name the host. */
export interface Network {
  /**
   * Whether the host of a URL answers at all, whatever it answers. Costs seconds at most: a silent host counts as
   * unreachable. The answer is shared by all who ask in this process; a failure also by other processes, for a while.
   */
  reachable(url: string, signal?: AbortSignal): Promise<Reachability>;
  /** Writes the body to a file, which is removed again when anything fails. */
  download(url: string, destination: string, options?: DownloadOptions): Promise<Download>;
  /** The body as text, of at most 4 MiB. */
  text(url: string, signal?: AbortSignal): Promise<string>;
  /** One request, with the redirects that it leads to; any status is an answer. */
  ask(url: string, options?: AskOptions): Promise<Answer>;
}

export interface NetworkOptions {
  /** How long a host may take to resolve, connect, greet and send its headers. */
  readonly answerWithinMs?: number;
  /** How long a body may pause. */
  readonly pauseWithinMs?: number;
}

const maxRedirects = 5;
const maxTextBytes = 4 * 1024 * 1024;
const progressIntervalMs = 200;

/** The network as the user's proxy variables and what is remembered of dead hosts (`hosts.json` in the cache) have it. */
export function createNetwork(
  ports: Pick<Ports, 'paths' | 'variables' | 'clock'>,
  { answerWithinMs = 5000, pauseWithinMs = 30_000 }: NetworkOptions = {},
): Network {
  const { clock } = ports;

  async function send(
    url: string,
    { method = 'GET', headers, signal }: AskOptions = {},
  ): Promise<Dispatcher.ResponseData> {
    const { request } = await import('undici');
    const dispatcher = await openDispatcher(ports.variables, { timeoutMs: answerWithinMs });
    const settled = new AbortController();
    const silence = clock.sleep(answerWithinMs, settled.signal).then(() => {
      throw unreachable(url, `it did not answer within ${formatDuration(answerWithinMs)}`);
    });
    const answer = request(url, {
      method,
      dispatcher,
      headers: { 'user-agent': 'platform', ...headers },
      headersTimeout: 0,
      bodyTimeout: pauseWithinMs,
      ...(signal && { signal }),
    });
    try {
      // undici hears an abort only once it is connected, so it is not left to it.
      const response = await Promise.race([signal ? unlessAborted(answer, signal) : answer, silence]);
      response.body.once('close', () => void dispatcher.close());
      return response;
    } catch (error) {
      answer.catch(() => undefined);
      void dispatcher.destroy();
      signal?.throwIfAborted();
      throw error instanceof PlatformError ? error : unreachable(url, wordsOf(error), error);
    } finally {
      settled.abort();
      silence.catch(() => undefined);
    }
  }

  const reachability = createReachability(ports, join(ports.paths.cache, 'hosts.json'), async (url) => {
    const response = await send(url, { method: 'HEAD' });
    await response.body.dump();
  });

  /** Follows redirects, but never from https to http: a checksum would be worth nothing then. */
  async function follow(url: string, options: AskOptions, left = maxRedirects): Promise<Dispatcher.ResponseData> {
    const host = await reachability.of(url, options.signal);
    if (!host.reachable) throw unreachable(url, host.reason);
    const response = await send(url, options);
    const { location } = response.headers;
    if (response.statusCode < 300 || response.statusCode >= 400 || typeof location !== 'string') return response;
    await response.body.dump();
    const next = new URL(location, url).href;
    if (url.startsWith('https:') && !next.startsWith('https:')) {
      throw new PlatformError('prerequisite', `${url} redirects to ${next}, which is not encrypted`);
    }
    if (left === 0) throw new PlatformError('prerequisite', `${url} redirects too often`);
    return follow(next, { ...options, headers: headersFor(next, url, options.headers) }, left - 1);
  }

  async function open(url: string, signal: AbortSignal | undefined) {
    const response = await follow(url, signal ? { signal } : {});
    if (response.statusCode !== 200) {
      await response.body.dump();
      throw new PlatformError('prerequisite', `${url} answered ${String(response.statusCode)}`);
    }
    return response;
  }

  async function read(url: string, body: Dispatcher.ResponseData['body'], signal: AbortSignal | undefined) {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxTextBytes) break;
        chunks.push(chunk);
      }
    } catch (error) {
      signal?.throwIfAborted();
      throw unreachable(url, wordsOf(error), error);
    }
    if (bytes > maxTextBytes) throw new PlatformError('prerequisite', `${url} is far longer than expected`);
    return Buffer.concat(chunks);
  }

  return {
    reachable: (url, signal) => reachability.of(url, signal),

    async download(url, destination, { signal, onProgress } = {}) {
      const { body, headers } = await open(url, signal);
      const total = Number(headers['content-length']) || undefined;
      const hash = createHash('sha256');
      let done = 0;
      const progress = throttle(clock, progressIntervalMs, () => {
        onProgress?.({ done, ...(total !== undefined && { total }) });
      });
      const measured = async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          done += chunk.length;
          progress.now(undefined);
          yield chunk;
        }
      };
      try {
        await pipeline(body, measured, createWriteStream(destination), signal ? { signal } : {});
      } catch (error) {
        await rm(destination, { force: true });
        signal?.throwIfAborted();
        if (isOfTheFileSystem(error)) throw error;
        throw unreachable(url, `${wordsOf(error)} after ${String(done)} bytes`, error);
      }
      progress.last(undefined);
      return { sha256: hash.digest('hex'), bytes: done };
    },

    async text(url, signal) {
      const { body } = await open(url, signal);
      return (await read(url, body, signal)).toString('utf8');
    },

    async ask(url, options = {}) {
      const { statusCode: status, headers, body } = await follow(url, options);
      return { status, headers, body: await read(url, body, options.signal) };
    },
  };
}

function headersFor(next: string, previous: string, headers: AskOptions['headers'] = {}): Record<string, string> {
  const { authorization, ...others } = headers;
  const isSameHost = new URL(next).origin === new URL(previous).origin;
  return { ...others, ...(authorization !== undefined && isSameHost && { authorization }) };
}

function unreachable(url: string, reason: string, cause?: unknown): PlatformError {
  return new PlatformError('prerequisite', `${new URL(url).host} cannot be reached: ${reason}`, {
    cause,
    facts: { reason },
  });
}

function isOfTheFileSystem(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && ['open', 'write'].includes(String(error.syscall));
}
