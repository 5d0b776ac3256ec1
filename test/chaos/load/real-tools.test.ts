import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.js';
import { loadTools, type LoadFault } from '../../../src/chaos/drill.js';
import { runLoad, type LoadOptions } from '../../../src/chaos/load/run-load.js';
import type { LoadSlice } from '../../../src/chaos/record.js';
import { systemProcesses } from '../../../src/process.js';
import { skipWithout, tool } from '../../installed-tool.js';
import { secureSite } from './secure-site.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0)) await clean();
});

async function serve(listener: RequestListener): Promise<{ readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/` };
}

const load = (url: string, more: Partial<LoadFault>): LoadFault => ({
  type: 'load',
  url,
  target: { kind: 'deployment', namespace: 'default', name: 'images' },
  requests: 10,
  workers: 4,
  tool: 'hey',
  atMostMs: 60_000,
  simulated: { ratePerSecond: 1, cpuMs: 1 },
  ...more,
});

/** Slices of a second, as short as the tools can; the load ends with the first one that the test is content with. */
async function slicesOf(fault: LoadFault, more: Partial<LoadOptions> = {}, signal = new AbortController().signal) {
  const slices: LoadSlice[] = [];
  const path = more.path ?? (await tool(fault.tool));
  const options = { processes: systemProcesses(), clock: systemClock, sliceMs: 1000, until: () => true };
  const onSlice = (slice: LoadSlice) => slices.push(slice);
  const end = await runLoad(fault, { ...options, path, onSlice, ...more }, signal).catch((error: unknown) => error);
  return { slices, end, total: slices.reduce((total, { requests }) => total + requests, 0) };
}

describe.each(loadTools)('a real load of %s', (name) => {
  beforeEach(skipWithout(name));

  it('sends what it says it sends, with their statuses', async () => {
    let asked = 0;
    const { url } = await serve((_, response) => response.writeHead((asked += 1) % 2 ? 200 : 500).end('x'));
    const { slices, end, total } = await slicesOf(load(url, { tool: name, requests: 1 }));
    expect(end).toMatchObject({ ended: 'done' });
    expect(slices).toHaveLength(1);
    expect(Object.keys(slices[0]?.statuses ?? {})).toEqual(['200', '500']);
    // Those under way at the end: at most one for each worker.
    expect(asked - total).toBeGreaterThanOrEqual(0);
    expect(asked - total).toBeLessThanOrEqual(4);
  });

  it('follows no redirect', async () => {
    const paths = new Set<string | undefined>();
    const { url } = await serve((request, response) => {
      paths.add(request.url);
      response.writeHead(302, { location: '/login' }).end();
    });
    const { slices } = await slicesOf(load(url, { tool: name }));
    expect(Object.keys(slices[0]?.statuses ?? {})).toEqual(['302']);
    expect([...paths]).toEqual(['/']);
  });

  it('reaches a name that leads nowhere, with the right Host and name for TLS', async () => {
    const site = await secureSite('images.shop.localhost');
    cleanups.push(() => site.close());
    const connectTo = { host: '127.0.0.1', port: site.port };
    const fault = load('https://images.shop.localhost/picture.png', { tool: name });
    const { slices } = await slicesOf(fault, { connectTo, caFile: site.caFile });
    expect(slices[0]).toMatchObject({ errors: {} });
    expect(Object.keys(slices[0]?.statuses ?? {})).toEqual(['200']);
    expect([...site.seen]).toEqual(['images.shop.localhost images.shop.localhost']);
  });

  it('ends where nobody listens', async () => {
    const { slices, end } = await slicesOf(load('http://127.0.0.1:9/', { tool: name }));
    expect(end).toMatchObject({ ended: 'unanswered' });
    expect(slices).toHaveLength(2);
    expect(slices[0]?.statuses).toEqual({});
  });

  it('ends at the first interruption', async () => {
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const { url } = await serve((_, response) => {
      stop.abort(reason);
      response.end('x');
    });
    const { end } = await slicesOf(load(url, { tool: name }), { sliceMs: 60_000 }, stop.signal);
    expect(end).toBe(reason);
  });
});

describe('a load whose tool', () => {
  it('is not there fails as a tool does', async () => {
    const { end } = await slicesOf(load('http://127.0.0.1:9/', {}), { path: '/nowhere/hey' });
    expect(end).toMatchObject({
      code: 'tool',
      message: 'hey could not be started',
      suggestions: ['run it by itself: /nowhere/hey'],
    });
  });
});

describe('certificates', () => {
  beforeEach(skipWithout('oha'));

  it('are checked by oha', async () => {
    const site = await secureSite('images.shop.localhost');
    cleanups.push(() => site.close());
    const connectTo = { host: '127.0.0.1', port: site.port };
    const { slices } = await slicesOf(load('https://images.shop.localhost/', { tool: 'oha' }), { connectTo });
    expect(Object.keys(slices[0]?.errors ?? {})).toEqual([expect.stringContaining('invalid peer certificate')]);
  });
});
