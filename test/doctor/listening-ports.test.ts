import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/clusters/cluster.js';
import type { DoctorCheck } from '../../src/doctor/check.js';
import type { ContainerNeed } from '../../src/doctor/container-need.js';
import { listeningPorts } from '../../src/doctor/listening-ports.js';
import { systemProcesses } from '../../src/process.js';
import { examined } from './examined.js';

let server: Server;
let taken = 0;
let free = 0;
beforeEach(async () => {
  server = createServer();
  const other = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  taken = (server.address() as AddressInfo).port;
  free = (other.address() as AddressInfo).port;
  await new Promise((resolve) => other.close(resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** What is said of the http port, taken or free. */
async function find(
  port: number,
  need: ContainerNeed,
  state: ClusterState = { status: 'absent' },
): Promise<DoctorCheck> {
  const local = { ports: { http: port, https: free }, registry: { port: free } };
  const provider = { inspect: () => Promise.resolve(state) };
  const [http] = listeningPorts({ local, need, processes: systemProcesses(), provider });
  if (!http) throw new Error('the http port is not examined');
  return { name: http.name, ...(await examined(http)) };
}

describe('the ports of an environment', () => {
  it('are fine while nobody listens on them', async () => {
    expect(await find(free, 'yes')).toEqual({ name: `port ${String(free)}`, status: 'ok', detail: 'free, for http' });
  });

  it('block when another process has one, which is named', async () => {
    const { status, detail, fix } = await find(taken, 'yes');
    expect(status).toBe('blocking');
    expect(detail).toContain(`(pid ${String(process.pid)}); wanted for http`);
    expect(fix).toEqual(['stop that program, or set another local.ports.http']);
  });

  it.each(['no', 'perhaps'] as const)('are a warning when containers are needed: %s', async (need) => {
    expect((await find(taken, need)).status).toBe('warning');
  });

  it("are fine when the environment's own cluster runs, which has them", async () => {
    const made = { kubernetes: '1.36.3', nodes: 2, at: '2026-11-20T10:00:00Z' };
    expect((await find(taken, 'yes', { status: 'running', made, nodes: [] })).status).toBe('ok');
  });
});
