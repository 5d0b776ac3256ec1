import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { html } from '../kit/html.js';
import { Problem, expectShape } from '../kit/problem.js';
import { deliveriesPage } from './deliveries-page.js';
import type { Deliveries } from './deliveries.js';
import type { Notification } from './delivery.js';
import { sendPage } from './page.js';
import type { Runbooks } from './runbooks.js';
import { isEmpty, readSlack, slackSchema } from './slack.js';
import { readWebhook, webhookSchema } from './webhook.js';

// A group of hundreds of alerts is one message.
const bodyLimit = 1024 * 1024;

const emptyIsAny = (value: unknown) => (value === '' ? undefined : value);
const filterSchema = z.object({
  since: z.preprocess(
    emptyIsAny,
    z.iso
      .datetime({ offset: true, error: 'expected an ISO time such as 2026-01-31T12:00:00Z' })
      .transform((time) => new Date(time))
      .optional(),
  ),
  kind: z.preprocess(emptyIsAny, z.enum(['webhook', 'slack'], 'expected webhook or slack').optional()),
  alert: z.preprocess(emptyIsAny, z.string('expected one name').optional()),
  status: z.preprocess(emptyIsAny, z.enum(['firing', 'resolved'], 'expected firing or resolved').optional()),
});

/** Alertmanager's webhook, and an endpoint that behaves as Slack's do. */
export function receivingRoutes(app: FastifyInstance, deliveries: Deliveries): void {
  // Not stored is not delivered: Alertmanager tries again after a 5xx.
  async function store(notification: Notification): Promise<string> {
    try {
      return (await deliveries.add(notification)).id;
    } catch (cause) {
      throw new Problem(503, 'The delivery could not be stored', { cause });
    }
  }

  app.post('/alerts', { bodyLimit }, async (request) => {
    return { id: await store(readWebhook(expectShape(webhookSchema, request.body))) };
  });

  app.post<{ Params: { '*': string } }>('/slack/*', { bodyLimit }, async (request, reply) => {
    const message = slackSchema.safeParse(request.body);
    reply.type('text/plain');
    if (!message.success) return reply.code(400).send('invalid_payload');
    if (isEmpty(message.data)) return reply.code(400).send('no_text');
    await store(readSlack(request.params['*'], message.data));
    return 'ok';
  });
}

/** What was delivered, for programs and for people. */
export function readingRoutes(app: FastifyInstance, deliveries: Deliveries): void {
  app.get('/api/deliveries', (request) => ({
    deliveries: deliveries.list(expectShape(filterSchema, request.query)),
  }));

  app.delete('/api/deliveries', async (_request, reply) => {
    await deliveries.clear();
    return reply.code(204).send();
  });

  app.get('/', (request, reply) => {
    const filter = expectShape(filterSchema, request.query);
    return sendPage(reply, 'Deliveries', deliveriesPage(deliveries.list(filter), filter));
  });
}

export function runbookRoutes(app: FastifyInstance, runbooks: Runbooks): void {
  app.get('/runbooks', (_request, reply) => reply.redirect('/runbooks/', 308));

  app.get('/runbooks/', async (_request, reply) => {
    const names = await runbooks.names();
    const list = html`<ul>
      ${names.map((name) => html`<li><a href="/runbooks/${name}">${name}</a></li>`)}
    </ul>`;
    return sendPage(reply, 'Runbooks', names.length === 0 ? html`<p>There are no runbooks here.</p>` : list);
  });

  app.get<{ Params: { alert: string } }>('/runbooks/:alert', async (request, reply) => {
    const { alert } = request.params;
    const text = await runbooks.read(alert);
    if (text !== undefined) return sendPage(reply, alert, html`<article>${text}</article>`);
    return sendPage(reply.code(404), alert, html`<p>There is no runbook for this alert.</p>`);
  });
}
