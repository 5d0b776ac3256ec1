import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type RouteHandlerMethod } from 'fastify';
import type { Registry } from 'prom-client';
import { answerErrors } from './answer-errors.js';
import { requestIdFrom } from './call.js';
import { healthRoutes } from './health.js';
import { metricsServer, openMetrics } from './metrics.js';
import { observe } from './observe.js';
import { httpUrl, oneOf, port, readSettings, text, wholeNumber } from './settings.js';
import type { Environment, Settings, SettingsShape } from './settings.js';
import { openTracing } from './tracing.js';
import { connectUpstream, type Upstream } from './upstream.js';

/** Variables of every service. */
const ownSettings = {
  PORT: port(8080),
  METRICS_PORT: port(9090),
  HOST: text().default('0.0.0.0'),
  LOG_LEVEL: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl().optional(),
  // How long requests are still taken after SIGTERM, until load balancers have noticed.
  DRAIN_MS: wholeNumber({ min: 0, max: 5_000, standard: 2_000 }),
};

/** What the kit hands to a service. */
export interface Kit {
  readonly log: FastifyBaseLogger;
  /** For metrics of its own; those of requests and of the process are there already. */
  readonly registry: Registry;
  /** Another service; it gets request id and trace with every question. `timeoutMs` is for a whole answer. */
  connect(upstream: { readonly name: string; readonly url: string; readonly timeoutMs: number }): Upstream;
}

/** What a service gives back. */
export interface ServiceParts {
  /** Adds routes, plugins and, if it likes, an error handler of its own. Bodies are limited to 64 KiB but where a route's `bodyLimit` says otherwise. */
  routes(app: FastifyInstance): Promise<void> | void;
  /** Rejects, best with a Problem 503, while requests are not wanted. */
  ready?(): Promise<void>;
  /** Called once, after the last request was answered. */
  close?(): Promise<void>;
  /** Instead of the JSON answer for what has no route. */
  readonly notFound?: RouteHandlerMethod;
}

/**
 * A service: what it is called in logs and traces, the variables it reads beside those of every service, and how it is
 * put together from them. `open` must not wait for other services: it runs before the port is there.
 */
export interface ServiceDefinition<Shape extends SettingsShape = SettingsShape> {
  readonly name: string;
  readonly settings: Shape;
  open(settings: Settings<Shape>, kit: Kit): ServiceParts | Promise<ServiceParts>;
}

export interface Service {
  readonly name: string;
  /** For `inject` in tests; nothing listens before `listen`. */
  readonly app: FastifyInstance;
  readonly registry: Registry;
  /** Takes requests on both ports, and says which they are. */
  listen(): Promise<{ readonly port: number; readonly metricsPort: number }>;
  /**
   * Not ready at once; after `drainMs` (DRAIN_MS without it) no new connections; open requests are answered; then
   * everything is closed. Requests that take longer than `graceMs` (7 s) are cut off, and it says `false`.
   */
  close(options?: { readonly drainMs?: number; readonly graceMs?: number }): Promise<boolean>;
}

export function defineService<Shape extends SettingsShape>(definition: ServiceDefinition<Shape>) {
  return definition;
}

/**
 * Puts a service together without listening yet.
 * @throws SettingsError when a variable is missing or wrong
 */
export async function openService<Shape extends SettingsShape>(
  definition: ServiceDefinition<Shape>,
  environment: Environment,
): Promise<Service> {
  const { name } = definition;
  const own = readSettings(ownSettings, environment);
  const settings = readSettings(definition.settings, environment);
  const metrics = openMetrics();
  const tracing = await openTracing({ service: name, endpoint: own.OTEL_EXPORTER_OTLP_ENDPOINT });
  const app = newApp(name, own.LOG_LEVEL);
  const parts = await definition.open(settings, {
    log: app.log,
    registry: metrics.registry,
    connect: (upstream) => connectUpstream(upstream, tracing),
  });

  let stopping = false;
  // A connection that stays open after its last answer would keep a closed server waiting.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });
  observe(app, metrics, tracing);
  answerErrors(app);
  app.setNotFoundHandler(
    parts.notFound ??
      ((request, reply) => reply.code(404).send({ error: `There is no ${request.method} ${request.url}` })),
  );
  healthRoutes(app, { isStopping: () => stopping, ready: async () => parts.ready?.() });
  await app.register(async (scope) => parts.routes(scope));
  await app.ready();
  const metricsListener = metricsServer(metrics.registry);

  return {
    name,
    app,
    registry: metrics.registry,
    async listen() {
      await app.listen({ port: own.PORT, host: own.HOST, listenTextResolver: (address) => `listening at ${address}` });
      await new Promise<void>((resolve, reject) => {
        metricsListener.once('error', reject).listen(own.METRICS_PORT, own.HOST, resolve);
      });
      const ports = { port: portOf(app.server.address()), metricsPort: portOf(metricsListener.address()) };
      app.log.info(ports, 'ready to listen');
      return ports;
    },
    async close({ drainMs = own.DRAIN_MS, graceMs = 7_000 } = {}) {
      stopping = true;
      if (app.server.listening) await pause(drainMs);
      let inTime = true;
      const cut = setTimeout(() => {
        inTime = false;
        app.server.closeAllConnections();
      }, graceMs);
      await app.close();
      clearTimeout(cut);
      await parts.close?.();
      await tracing.close();
      metricsListener.close();
      metricsListener.closeAllConnections();
      return inTime;
    },
  };
}

function newApp(name: string, level: string): FastifyInstance {
  return Fastify({
    logger: {
      level,
      base: { service: name },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    // observe.ts logs one line for each request instead of two.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdFrom(request.headers['x-request-id']),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    // Longer than Traefik keeps an idle connection (90 s), so that it is never closed under a request.
    keepAliveTimeout: 95_000,
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}
