import { randomUUID } from 'node:crypto';
import { ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';

/** What belongs to one request and travels on to every service that is asked because of it. */
export interface Call {
  readonly requestId: string;
  /** The trace and the span this request is in. */
  readonly context: Context;
}

declare module 'fastify' {
  interface FastifyRequest {
    call: Call;
  }
}

/** For what a service asks of its own accord, such as "are you there": an id, and no trace. */
export function backgroundCall(): Call {
  return { requestId: randomUUID(), context: suppressTracing(ROOT_CONTEXT) };
}

/**
 * The id a request came with, if it is one that can stand in a log and in a header; else a new one.
 * @param header what came as x-request-id
 */
export function requestIdFrom(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && /^[\w.:+/=-]{1,128}$/.test(header) ? header : randomUUID();
}
