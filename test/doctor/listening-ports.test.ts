import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/clusters/cluster.js';
import type { DoctorCheck } from '../../src/doctor/check.js';
import type { ContainerNeed } from '../../src/doctor/container-need.js';
import { listeningPorts } from '../../src/doctor/listening-ports.js';
import { systemProcesses } from '../../src/process.js';
import { answering } from '../containers/recorded.js';
import { engineWith, noEngine } from './engine-given.js';
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

interface Given {
  readonly need?: ContainerNeed;
  readonly isFixed?: boolean;
  readonly state?: ClusterState;
  /** Name of the container that has the port. */
  readonly container?: string;
}

async function examine(index: number, number: number, given: Given): Promise<DoctorCheck> {
  const { need = 'yes', isFixed = true, state = { status: 'absent' }, container } = given;
  const ports = [free, free, free].map((port, at) => ({ number: at === index ? number : port, isFixed }));
  const [http, https, registry] = ports;
  if (!http || !https || !registry) throw new Error('there are three ports');
  const { processes } = answering({
    'docker ps --filter': { stdout: container === undefined ? '' : `${container}\n` },
  });
  const examination = listeningPorts({
    local: { ports: { http, https }, registry: { port: registry, caches: [] } },
    need,
    processes: { run: (command, args) => (command === 'docker' ? processes : systemProcesses()).run(command, args) },
    engine: container === undefined ? noEngine : engineWith(),
    provider: { inspect: () => Promise.resolve(state) },
  })[index];
  if (!examination) throw new Error('the port is not examined');
  return { name: examination.name, ...(await examined(examination)) };
}

/** What is said of the http port, taken or free. */
const find = (port: number, given: Given = {}) => examine(0, port, given);

describe('the ports of an environment', () => {
  it('are fine while nobody listens on them', async () => {
    expect(await find(free)).toEqual({ name: `port ${String(free)}`, status: 'ok', detail: 'free, for http' });
  });

  it('block when another process has one, which is named', async () => {
    const { status, detail, fix } = await find(taken);
    expect(status).toBe('blocking');
    expect(detail).toContain(`(pid ${String(process.pid)}); wanted for http`);
    expect(fix).toEqual(['stop that program, or set another local.ports.http']);
  });

  it.each(['no', 'perhaps'] as const)('are a warning when containers are needed: %s', async (need) => {
    expect((await find(taken, { need })).status).toBe('warning');
  });

  it("are fine when the environment's own cluster runs, which has them", async () => {
    const made = { kubernetes: '1.36.3', nodes: 2, at: '2026-11-20T10:00:00Z' };
    expect((await find(taken, { state: { status: 'running', made, nodes: [] } })).status).toBe('ok');
  });

  it('are a warning when another may be taken instead', async () => {
    const { status, detail } = await find(taken, { isFixed: false });
    expect(status).toBe('warning');
    expect(detail).toMatch(/wanted for http; the next free port is taken instead$/);
  });

  it('are told by the container that has one', async () => {
    const { status, detail, fix } = await find(taken, { container: 'web' });
    expect(status).toBe('blocking');
    expect(detail).toBe('taken by the container web; wanted for http');
    expect(fix).toEqual(['stop that container, or set another local.ports.http']);
  });

  it("are fine when the machine's own registry has that of the registry, and only that", async () => {
    const container = 'platform-registry';
    expect((await examine(2, taken, { container })).status).toBe('ok');
    expect((await examine(0, taken, { container })).status).toBe('blocking');
  });
});
