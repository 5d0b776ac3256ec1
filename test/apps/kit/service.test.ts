import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../assets/apps/src/kit/problem.js';
import { defineService, openService, type ServiceParts } from '../../../assets/apps/src/kit/service.js';
import { ask, opened, quietly, running } from '../running.js';

const serviceWith = (parts: Partial<ServiceParts>) =>
  defineService({ name: 'example', settings: {}, open: () => ({ routes: () => undefined, ...parts }) });

/** A promise that is kept when told. */
function gate() {
  let open: (() => void) | undefined;
  const opens = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open?.(), opens };
}

/** Until nobody listens there any more. */
async function untilRefused(url: string): Promise<void> {
  const answers = () => ask('GET', `${url}/health/live`).then(Boolean, () => false);
  while (await answers());
}

describe('answers of every service', () => {
  const failing = serviceWith({
    routes(app) {
      app.get('/problem', () => {
        throw new Problem(409, 'The name ada is taken', {
          headers: { 'retry-after': '1' },
          cause: new Error('inside'),
        });
      });
      app.get('/bug', () => {
        throw new Error('password=secret at line 7');
      });
      app.post('/thing', () => ({}));
    },
  });

  it('are problems in one sentence', async () => {
    const { app } = await opened(failing);
    const reply = await app.inject('/problem');
    expect({ status: reply.statusCode, body: reply.body }).toEqual({
      status: 409,
      body: '{"error":"The name ada is taken"}',
    });
    expect(reply.headers['retry-after']).toBe('1');
  });

  it('tell nothing about a bug but the id to look for', async () => {
    const { app } = await opened(failing);
    const reply = await app.inject({ url: '/bug', headers: { 'x-request-id': 'request-7' } });
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toEqual({ error: 'Something went wrong here, see the log of request request-7' });
  });

  it.each([
    ['broken JSON', { payload: '{', headers: { 'content-type': 'application/json' } }, 400],
    ['a body that is too large', { payload: { text: 'x'.repeat(65 * 1024) } }, 413],
    ['an unknown type', { payload: 'x', headers: { 'content-type': 'application/x-thing' } }, 415],
  ])('refuse %s', async (_, request, status) => {
    const { app } = await opened(failing);
    const reply = await app.inject({ method: 'POST', url: '/thing', ...request });
    expect(reply.statusCode).toBe(status);
    expect(Object.keys(reply.json<object>())).toEqual(['error']);
  });

  it('say that there is nothing', async () => {
    const { app } = await opened(failing);
    const reply = await app.inject('/nothing');
    expect({ status: reply.statusCode, body: reply.json<unknown>() }).toEqual({
      status: 404,
      body: { error: 'There is no GET /nothing' },
    });
  });

  it('may be of its own where there is nothing', async () => {
    const { app } = await opened(serviceWith({ notFound: (_request, reply) => reply.code(404).send('a page') }));
    expect((await app.inject('/nothing')).body).toBe('a page');
  });

  it.each([
    ['request-7', 'request-7'],
    ['two words', undefined],
    ['x'.repeat(129), undefined],
  ])('carry the id %j of the request if it is one', async (id, kept) => {
    const { app } = await opened(failing);
    const { headers } = await app.inject({ url: '/nothing', headers: { 'x-request-id': id } });
    if (kept === undefined) expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    else expect(headers['x-request-id']).toBe(kept);
  });
});

describe('metrics', () => {
  it('count by route, never by path, and leave probes out', async () => {
    const { url, metricsUrl } = await running(
      serviceWith({
        routes(app) {
          app.get('/things/:name', () => ({}));
        },
      }),
    );
    for (const path of ['/things/1', '/things/2', '/elsewhere', '/health/live', '/health/ready'])
      await ask('GET', `${url}${path}`);

    const text = String((await ask('GET', metricsUrl)).body);

    expect(text).toContain('http_requests_total{method="GET",route="/things/:name",status="200"} 2');
    expect(text).toContain('http_requests_total{method="GET",route="none",status="404"} 1');
    expect(text).not.toContain('route="/health');
    expect(text).toContain('http_requests_in_flight 0');
    const bounds = [...text.matchAll(/le="([^"]+)",method="GET",route="none"/g)].map((match) => match[1]);
    expect(bounds).toEqual(['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '+Inf']);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  it('are not on the port for work, and nothing else is on theirs', async () => {
    const { url, metricsUrl } = await running(serviceWith({}));
    expect((await ask('GET', `${url}/metrics`)).status).toBe(404);
    expect((await ask('GET', metricsUrl.replace('/metrics', '/'))).status).toBe(404);
  });

  it('count a request whose sender hung up as 499, and no longer as under way', async () => {
    const { open, opens } = gate();
    const came = gate();
    const { url, metricsUrl } = await running(
      serviceWith({
        routes(app) {
          app.get('/slow', async () => {
            came.open();
            await opens;
            return {};
          });
        },
      }),
    );
    const client = connect(Number(new URL(url).port), '127.0.0.1');
    await once(client, 'connect');
    client.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await came.opens;
    expect(String((await ask('GET', metricsUrl)).body)).toContain('http_requests_in_flight 1');

    client.destroy();

    let text = '';
    do text = String((await ask('GET', metricsUrl)).body);
    while (!text.includes('http_requests_in_flight 0'));
    expect(text).toContain('http_requests_total{method="GET",route="/slow",status="499"} 1');
    open();
  });
});

describe('health', () => {
  it('is ready only while the service says so', async () => {
    let trouble: Error | undefined = new Problem(503, 'The database does not answer');
    const { app } = await opened(
      serviceWith({ ready: () => (trouble === undefined ? Promise.resolve() : Promise.reject(trouble)) }),
    );
    expect((await app.inject('/health/ready')).statusCode).toBe(503);
    expect((await app.inject('/health/ready')).json()).toEqual({ error: 'The database does not answer' });
    expect((await app.inject('/health/live')).statusCode).toBe(200);
    trouble = undefined;
    expect((await app.inject('/health/ready')).statusCode).toBe(200);
  });
});

describe('going away', () => {
  it('is unready at once, answers what is open, and closes what it used last', async () => {
    const order: string[] = [];
    const { open, opens } = gate();
    const came = gate();
    const definition = serviceWith({
      routes(app) {
        app.get('/slow', async () => {
          came.open();
          await opens;
          order.push('answered');
          return { done: true };
        });
      },
      close() {
        order.push('closed');
        return Promise.resolve();
      },
    });
    const service = await openService(definition, quietly);
    const { port } = await service.listen();
    const url = `http://127.0.0.1:${String(port)}`;
    const slow = ask('GET', `${url}/slow`);
    await came.opens;

    const closing = service.close({ drainMs: 3_000 });
    const ready = await ask('GET', `${url}/health/ready`);
    const live = await ask('GET', `${url}/health/live`);
    await untilRefused(url);
    open();

    expect(ready).toMatchObject({ status: 503, body: { error: 'This instance is shutting down' } });
    expect(live.status).toBe(200);
    expect(await slow).toMatchObject({ status: 200, body: { done: true } });
    expect(await closing).toBe(true);
    expect(order).toEqual(['answered', 'closed']);
  });

  it('does not wait for ever', async () => {
    const came = gate();
    const never = new Promise<void>(() => undefined);
    const definition = serviceWith({
      routes(app) {
        app.get('/stuck', async () => {
          came.open();
          await never;
        });
      },
    });
    const service = await openService(definition, quietly);
    const { port } = await service.listen();
    const stuck = ask('GET', `http://127.0.0.1:${String(port)}/stuck`, { withinMs: 60_000 }).catch(() => 'cut off');
    await came.opens;
    expect(await service.close({ drainMs: 0, graceMs: 100 })).toBe(false);
    expect(await stuck).toBe('cut off');
  });
});
