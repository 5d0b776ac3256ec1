import { onTestFinished } from 'vitest';
import { openService, type Service, type ServiceDefinition } from '../../assets/apps/src/kit/service.js';
import type { SettingsShape } from '../../assets/apps/src/kit/settings.js';

/** A service that listens on this machine, in this process. */
export interface Running {
  readonly service: Service;
  /** Without a final slash. */
  readonly url: string;
  readonly metricsUrl: string;
}

/** Any free ports, no log, no waiting for load balancers. */
export const quietly = { HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent', DRAIN_MS: '0' };

/** Opens a service for `inject`; it is closed when the test is over. */
export async function opened<Shape extends SettingsShape>(
  definition: ServiceDefinition<Shape>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Service> {
  const service = await openService(definition, { ...quietly, ...environment });
  onTestFinished(async () => {
    await service.close({ drainMs: 0, graceMs: 1_000 });
  });
  return service;
}

/** The same over real sockets. */
export async function running<Shape extends SettingsShape>(
  definition: ServiceDefinition<Shape>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const service = await opened(definition, environment);
  const { port, metricsPort } = await service.listen();
  return {
    service,
    url: `http://127.0.0.1:${String(port)}`,
    metricsUrl: `http://127.0.0.1:${String(metricsPort)}/metrics`,
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else text. */
  readonly body: unknown;
}

export interface Question {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Fails when the whole answer is not there by then. */
  readonly withinMs?: number;
}

export async function ask(method: string, url: string, question: Question = {}): Promise<Reply> {
  const { token, json, headers, withinMs = 10_000 } = question;
  const body = json === undefined ? question.body : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(withinMs),
    headers: {
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as unknown) : text };
}

/** Asks again until the answer has this status; the time limit of the test is the limit. */
export async function askUntil(status: number, method: string, url: string, question: Question = {}): Promise<Reply> {
  for (;;) {
    const reply = await ask(method, url, question);
    if (reply.status === status) return reply;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
