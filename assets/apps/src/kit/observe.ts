import { finished } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';
import { traceId, type OpenSpan, type Tracing } from './tracing.js';

/** A request whose sender hung up before it was answered; nginx' number for it. */
const clientClosedRequest = '499';

/**
 * Gives every request its id and its place in a trace, and when it is answered counts it, times it and logs one line.
 * Probes leave no trace but a line at level debug: they would drown what users do.
 */
export function observe(app: FastifyInstance, metrics: Metrics, tracing: Tracing): void {
  app.addHook('onRequest', (request, reply, done) => {
    const span = isProbe(request) ? undefined : startSpan(request, tracing);
    const context = span?.context ?? tracing.incoming(request.headers);
    request.call = { requestId: request.id, context };
    reply.header('x-request-id', request.id);
    const id = traceId(context);
    if (id !== undefined) request.log = reply.log = request.log.child({ trace_id: id });

    const answered = isProbe(request) ? undefined : metrics.requestCame();
    const started = performance.now();
    finished(reply.raw, (error) => {
      const status = error ? clientClosedRequest : String(reply.statusCode);
      const labels = { method: request.method, route: routeOf(request), status };
      answered?.(labels);
      span?.end(
        { 'http.response.status_code': Number(status) },
        Number(status) >= 500 ? `status ${status}` : undefined,
      );
      const line = { ...labels, path: pathOf(request), duration_ms: Math.round(performance.now() - started) };
      request.log[isProbe(request) ? 'debug' : 'info'](line, `${line.method} ${line.path} ${status}`);
    });
    done();
  });
}

function startSpan(request: FastifyRequest, tracing: Tracing): OpenSpan {
  const { method } = request;
  return tracing.start(`${method} ${routeOf(request)}`, 'server', tracing.incoming(request.headers), {
    'http.request.method': method,
    'http.route': routeOf(request),
    'url.path': pathOf(request),
  });
}

const isProbe = (request: FastifyRequest) => routeOf(request).startsWith('/health/');
const routeOf = (request: FastifyRequest) => request.routeOptions.url ?? 'none';
// Without the query: it may hold what should not be in a log.
const pathOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? '/';
