import { setTimeout as pause } from 'node:timers/promises';
import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  isSpanContextValid,
  trace,
  type Attributes,
  type Context,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** A piece of work under way. */
export interface OpenSpan {
  /** The trace with this piece of work as its innermost. */
  readonly context: Context;
  /** Ends it; a failed one says why. */
  end(attributes?: Attributes, failure?: string): void;
}

export interface Tracing {
  /** The trace that a caller's headers name. */
  incoming(headers: Headers): Context;
  /** `traceparent` and `tracestate` for who is asked next. */
  outgoing(context: Context): Record<string, string>;
  start(name: string, kind: 'server' | 'client', parent: Context, attributes?: Attributes): OpenSpan;
  /** Sends what has not been sent yet, for two seconds at most. */
  close(): Promise<void>;
}

/**
 * The W3C trace context is kept and passed on always, so that log lines of one request share a trace_id; spans leave the
 * process only where there is a collector.
 * @param options.endpoint base URL of an OTLP/HTTP collector, without `/v1/traces`
 */
export async function openTracing(options: {
  readonly service: string;
  readonly endpoint: string | undefined;
}): Promise<Tracing> {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ [ATTR_SERVICE_NAME]: options.service }).merge(
      detectResources({ detectors: [envDetector] }),
    ),
    spanProcessors: options.endpoint === undefined ? [] : [await exporting(options.endpoint)],
  });
  const tracer = provider.getTracer('platform-apps');
  const propagator = new W3CTraceContextPropagator();
  return {
    incoming: (headers) => propagator.extract(ROOT_CONTEXT, headers, readHeaders),
    outgoing(context) {
      const carrier: Record<string, string> = {};
      propagator.inject(context, carrier, { set: (headers: typeof carrier, name, value) => (headers[name] = value) });
      return carrier;
    },
    start(name, kind, parent, attributes = {}) {
      const spanKind = kind === 'server' ? SpanKind.SERVER : SpanKind.CLIENT;
      const span = tracer.startSpan(name, { kind: spanKind, attributes }, parent);
      return {
        context: trace.setSpan(parent, span),
        end(more = {}, failure) {
          span.setAttributes(more);
          if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
          span.end();
        },
      };
    },
    async close() {
      await Promise.race([provider.shutdown().catch(() => undefined), pause(2_000, undefined, { ref: false })]);
    },
  };
}

/** The id that joins log lines and spans; none outside a trace. */
export function traceId(context: Context): string | undefined {
  const span = trace.getSpanContext(context);
  return span !== undefined && isSpanContextValid(span) ? span.traceId : undefined;
}

// Loaded only where there is a collector: it is the largest part of the bundle.
async function exporting(endpoint: string): Promise<SpanProcessor> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new BatchSpanProcessor(new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 5_000 }));
}

const readHeaders = {
  get: (headers: Headers, name: string) => headers[name],
  keys: (headers: Headers) => Object.keys(headers),
};
