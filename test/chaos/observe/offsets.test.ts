import { expect, it } from 'vitest';
import { apiServerOffset, prometheusOffset } from '../../../src/chaos/observe/offsets.js';
import { systemClock } from '../../../src/clock.js';
import { monitoringAt } from '../../../src/monitoring/monitoring.js';
import { apiServer, send } from '../../kubernetes/api-server.js';
import { program } from '../../monitoring/programs.js';
import { afterwards } from '../../toolchain/fixture.js';

const never = new AbortController().signal;

async function apiServerAhead(aheadMs: number) {
  const api = await apiServer();
  afterwards(() => api.close());
  api.answer = (response) => {
    // Whole seconds, as Kubernetes tells them.
    const creationTimestamp = `${new Date(Date.now() + aheadMs).toISOString().slice(0, 19)}Z`;
    return send(response, 201, { metadata: { name: 'tried', creationTimestamp } });
  };
  return api;
}

async function prometheusAhead(aheadMs: number) {
  const now = String((Date.now() + aheadMs) / 1000);
  const data = { resultType: 'scalar', result: [Number(now), now] };
  const { url } = await program({ 'GET /api/v1/query': { status: 'success', data } });
  return monitoringAt({ prometheus: url, alertmanager: url, inbox: url }).prometheus;
}

it.each([120_000, -120_000])('tells by how much clocks differ (%s ms)', async (ahead) => {
  const api = await apiServerAhead(ahead);
  const offsets = [
    await apiServerOffset(api.client, systemClock, never),
    await prometheusOffset(await prometheusAhead(ahead), systemClock, never),
  ];
  for (const { ms, uncertaintyMs } of offsets) {
    expect(Math.abs(ms - ahead)).toBeLessThan(10_000);
    expect(uncertaintyMs).toBeGreaterThan(0);
  }
  expect(offsets[0]?.uncertaintyMs).toBeGreaterThanOrEqual(500);
  // Nothing is made for it.
  expect(api.requests.map(({ method, query }) => [method, query['dryRun']])).toEqual([['POST', 'All']]);
});

it('takes what may be rounding for no difference', async () => {
  const api = await apiServerAhead(0);
  expect((await apiServerOffset(api.client, systemClock, never)).ms).toBe(0);
});
