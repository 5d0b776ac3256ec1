import { describe, expect, it } from 'vitest';
import { defineService } from '../../../assets/apps/src/kit/service.js';
import { upstream } from '../api/upstreams.js';
import { ask, running } from '../running.js';

interface Spans {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
    };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly parentSpanId?: string;
        readonly spanId: string;
      }[];
    }[];
  }[];
}

const trace = '0af7651916cd43dd8448eb211c80319c';

describe('spans', () => {
  it('go to the collector, joined over services, with the name of the service', async () => {
    const collector = await upstream(() => ({ status: 200, body: {} }));
    const called = await upstream(() => ({ status: 200, body: {} }));
    const caller = defineService({
      name: 'example',
      settings: {},
      open: (_settings, kit) => {
        const other = kit.connect({ name: 'other', url: called.url, timeoutMs: 2_000 });
        return {
          routes(app) {
            app.get('/things/:name', async (request) => {
              await other.send(request.call, { method: 'GET', path: '/x' });
              return {};
            });
          },
        };
      },
    });
    const { service, url } = await running(caller, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });

    await ask('GET', `${url}/things/1`, { headers: { traceparent: `00-${trace}-b7ad6b7169203331-01` } });
    await ask('GET', `${url}/health/ready`);
    await service.close({ drainMs: 0 });

    const [export1, ...more] = collector.received;
    expect(more).toEqual([]);
    expect(export1).toMatchObject({ method: 'POST', path: '/v1/traces' });
    const { resourceSpans } = JSON.parse(export1?.body ?? '') as Spans;
    const names = resourceSpans[0]?.resource.attributes.map(({ key, value }) => [key, value.stringValue]);
    expect(names).toContainEqual(['service.name', 'example']);
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    const server = spans.find(({ name }) => name === 'GET /things/:name');
    const client = spans.find(({ name }) => name === 'GET other');
    expect(spans).toHaveLength(2);
    expect(server).toMatchObject({ traceId: trace, parentSpanId: 'b7ad6b7169203331' });
    expect(client).toMatchObject({ traceId: trace, parentSpanId: server?.spanId });
    expect(called.received[0]?.headers['traceparent']).toBe(`00-${trace}-${String(client?.spanId)}-01`);
  });
});
