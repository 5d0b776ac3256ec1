import { setMaxListeners } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest, type Agent, type RequestOptions } from 'node:https';
import { isCertificateProblem, refusal, unreachable, untrusted } from './api-errors.js';

/** One request to an API server. */
export interface Exchange {
  readonly server: string;
  readonly credentials: RequestOptions;
  readonly agent: Agent;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  /** `application/json` without it. */
  readonly contentType?: string;
  /** `application/json` without it. */
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without a sign of life after which the server counts as not answering; 0 waits for ever. */
  readonly timeoutMs: number;
}

/**
 * Resolves at the end of a successful answer, whose text it hands on as it comes.
 * @throws ApiError for a refusal, ApiUnreachableError where there is no answer, or the signal's reason
 */
export function exchange(asked: Exchange, onText: (chunk: string) => void): Promise<void> {
  const { server, credentials, agent, method, path, body, contentType, accept, signal, timeoutMs } = asked;
  // One signal ends as many requests as a step makes at once; Node would take that for a leak, and say so.
  if (signal) setMaxListeners(0, signal);
  const text = body && JSON.stringify(body);
  const url = new URL(server.replace(/\/$/, '') + path);
  let silence: NodeJS.Timeout | undefined;
  const answer = new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => {
      const problem = isCertificateProblem(error) ? untrusted : unreachable;
      reject(signal?.aborted ? (signal.reason as Error) : problem(server, error));
    };
    const request = httpsRequest(
      url,
      {
        method,
        agent,
        auth: credentials.auth,
        headers: {
          ...(credentials.headers as OutgoingHttpHeaders | undefined),
          accept: accept ?? 'application/json',
          ...(text && {
            'content-type': contentType ?? 'application/json',
            'content-length': Buffer.byteLength(text),
          }),
        },
        ...(signal && { signal }),
      },
      (response) => {
        const status = response.statusCode ?? 0;
        const succeeded = status >= 200 && status < 300;
        let refused = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          silence?.refresh();
          if (succeeded) onText(chunk);
          else refused += chunk;
        });
        response.on('error', fail);
        response.on('end', () => {
          if (succeeded) resolve();
          else reject(refusal(status, refused, `${method} ${path}`));
        });
      },
    );
    // Not Node's own time-out of a socket, which starts anew after the connection; and not while it waits for a socket.
    request.on('socket', () => {
      if (timeoutMs === 0) return;
      silence = setTimeout(() => {
        fail(new Error(`no answer within ${String(timeoutMs / 1000)} s`));
        request.destroy();
      }, timeoutMs);
    });
    request.on('error', fail);
    request.end(text);
  });
  return answer.finally(() => {
    clearTimeout(silence);
  });
}
