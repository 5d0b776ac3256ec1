import { expect, it } from 'vitest';
import { measureOffsets } from '../../../src/chaos/observe/offsets.js';
import { systemClock } from '../../../src/clock.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { apiServer, send } from '../../kubernetes/api-server.js';
import { program } from '../../monitoring/programs.js';
import { afterwards, refusedUrl } from '../../toolchain/fixture.js';

const never = new AbortController().signal;

/** An API server whose clock is ahead, and a Prometheus of whose clock the answer is known. */
async function given(aheadMs: number, prometheusAt: string) {
  const api = await apiServer();
  afterwards(() => api.close());
  api.answer = (response) => {
    // Whole seconds, as Kubernetes tells them.
    const creationTimestamp = `${new Date(Date.now() + aheadMs).toISOString().slice(0, 19)}Z`;
    return send(response, 201, { metadata: { name: 'tried', creationTimestamp } });
  };
  const monitoring = monitoringAt({ prometheus: prometheusAt, alertmanager: prometheusAt, inbox: prometheusAt });
  const offsets = await measureOffsets({ client: api.client, monitoring, clock: systemClock }, never);
  return { api, offsets };
}

async function prometheusAhead(aheadMs: number): Promise<string> {
  const now = String((Date.now() + aheadMs) / 1000);
  const data = { resultType: 'scalar', result: [Number(now), now] };
  return (await program({ 'GET /api/v1/query': { status: 'success', data } })).url;
}

it.each([120_000, -120_000])('tells by how much clocks differ (%s ms)', async (ahead) => {
  const { api, offsets } = await given(ahead, await prometheusAhead(ahead));
  for (const who of ['api-server', 'prometheus'] as const) {
    const { ms, uncertaintyMs } = offsets[who] ?? { ms: NaN, uncertaintyMs: NaN };
    expect(Math.abs(ms - ahead)).toBeLessThan(10_000);
    expect(uncertaintyMs).toBeGreaterThan(0);
  }
  expect(offsets['api-server']?.uncertaintyMs).toBeGreaterThanOrEqual(500);
  // Nothing is made for it.
  expect(api.requests.map(({ method, query }) => [method, query['dryRun']])).toEqual([['POST', 'All']]);
});

it('takes what may be rounding for no difference', async () => {
  const { offsets } = await given(0, await prometheusAhead(0));
  expect(offsets['api-server']?.ms).toBe(0);
});

it('leaves out who does not answer', async () => {
  const { offsets } = await given(120_000, await refusedUrl());
  expect(Object.keys(offsets)).toEqual(['api-server']);
});
