import { rootCertificates } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';
import { formatDuration, type Clock } from '../../clock.js';
import { openDispatcher, wordsOf } from '../../dispatcher.js';
import { isCertificateProblem } from '../../kubernetes/api-errors.js';
import { messageOf } from '../../errors.js';
import { unlessAborted } from '../../unless-aborted.js';
import type { Probe, ProbeAnswer } from './probe.js';

/** Where the environment's names lead. */
export type ProbeRoute =
  /** Names below `localhost` that nobody resolves: all of them to the ports that lead to the ingress. */
  | { readonly address: string; readonly ports: { readonly http: number; readonly https: number } }
  /** Names that resolve, asked as the user's proxy variables say. */
  | { readonly variables: Readonly<Record<string, string | undefined>> };

export interface ProbeOptions {
  readonly route: ProbeRoute;
  /** Trusted beside the usual ones: our authority, its predecessors, corporate ones; each a PEM block. */
  readonly authorities: readonly string[];
  readonly clock: Clock;
  /** Milliseconds for the whole answer; 5,000 without it. */
  readonly budgetMs?: number;
}

const defaultBudgetMs = 5_000;

/** Of a page as much as a text is looked for in. */
const maxBodyBytes = 1024 * 1024;

/**
 * Asks as a browser that was just started does: a new connection for each question, a certificate that is checked, no
 * redirect followed. Never rejects but with the signal's reason: that nobody answers is an answer.
 */
export function createProbe({ route, authorities, clock, budgetMs = defaultBudgetMs }: ProbeOptions): Probe {
  const ca = [...rootCertificates, ...authorities];

  async function ask(url: string, signal: AbortSignal): Promise<Pick<ProbeAnswer, 'status' | 'body' | 'location'>> {
    const { request } = await import('undici');
    const dispatcher = await dispatcherFor(route, ca, budgetMs);
    try {
      const answer = request(url, { dispatcher, signal, headers: { 'user-agent': 'platform' } });
      // undici hears an abort only once it is connected, and nobody waits for it then.
      answer.catch(() => undefined);
      const { statusCode: status, headers, body } = await unlessAborted(answer, signal);
      const { location } = headers;
      return { status, body: await textOf(body), ...(typeof location === 'string' && { location }) };
    } finally {
      void dispatcher.destroy();
    }
  }

  return async (url, signal) => {
    signal.throwIfAborted();
    const startedAt = clock.now();
    const late = new AbortController();
    const settled = new AbortController();
    const budget = clock.sleep(budgetMs, settled.signal).then(
      () => {
        late.abort();
      },
      () => undefined,
    );
    const answered = (answer: Omit<ProbeAnswer, 'at' | 'durationMs'>) => {
      const at = clock.now();
      return { at, durationMs: at - startedAt, ...answer };
    };
    try {
      return answered(await ask(url, AbortSignal.any([signal, late.signal])));
    } catch (error) {
      signal.throwIfAborted();
      return answered({
        error: late.signal.aborted ? `no answer within ${formatDuration(budgetMs)}` : reasonOf(error),
      });
    } finally {
      settled.abort();
      await budget;
    }
  };
}

async function dispatcherFor(route: ProbeRoute, ca: readonly string[], timeoutMs: number): Promise<Dispatcher> {
  if ('variables' in route) return openDispatcher(route.variables, { timeoutMs, ca });
  const { Agent, buildConnector: build } = await import('undici');
  const connect = build({ ca: [...ca], timeout: timeoutMs, maxCachedSessions: 0 });
  const { address, ports } = route;
  // Only where it connects to is another: the Host header and the name in TLS stay those of the URL.
  const toAddress: buildConnector.connector = (options, callback) => {
    const port = String(options.protocol === 'https:' ? ports.https : ports.http);
    connect({ ...options, hostname: address, port }, callback);
  };
  return new Agent({ connect: toAddress });
}

async function textOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBodyBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  return isCertificateProblem(error) ? `its certificate is not trusted: ${messageOf(error)}` : wordsOf(error);
}
