import { createServer, type Server } from 'node:http';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export interface RequestLabels {
  readonly method: string;
  /** The pattern of the route such as `/uploads/:name`, never the path: each label value is a series. */
  readonly route: string;
  readonly status: string;
}

export interface Metrics {
  /** Where a service adds its own. */
  readonly registry: Registry;
  /** A request has come; what is returned is called once, when it is answered. */
  requestCame(): (labels: RequestLabels) => void;
}

/** Counters of requests and prom-client's standard metrics of the process. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status'] as const;
  const total = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Seconds from the first byte of a request to the last of its answer',
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  });
  const inFlight = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being answered now',
    registers: [registry],
  });
  return {
    registry,
    requestCame() {
      inFlight.inc();
      const seconds = duration.startTimer();
      return (labels) => {
        inFlight.dec();
        total.inc({ ...labels });
        seconds({ ...labels });
      };
    },
  };
}

/** A server with nothing but `GET /metrics`, apart from the service's own port so that no ingress can offer it. */
export function metricsServer(registry: Registry): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
