import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { choosePorts } from '../../../src/clusters/kind/choose-ports.js';
import { isPortFree } from '../../../src/local/ports.js';
import { systemProcesses } from '../../../src/process.js';
import { failureOf } from '../../containers/recorded.js';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A port that this process listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function freePort(): Promise<number> {
  const port = await takenPort();
  await new Promise((resolve) => servers.pop()?.close(resolve));
  return port;
}

describe('the ports of an environment', () => {
  it('are those it wants where they are free', async () => {
    const [http, https] = [await freePort(), await freePort()];
    const wanted = { http: { number: http, isFixed: true }, https: { number: https, isFixed: false } };

    expect(await choosePorts(wanted, systemProcesses())).toEqual({ http, https });
  });

  it('are the next free ones where somebody else has them', async () => {
    const wanted = {
      http: { number: await takenPort(), isFixed: false },
      https: { number: await takenPort(), isFixed: false },
    };

    const { http, https } = await choosePorts(wanted, systemProcesses());

    expect(http).toBeGreaterThanOrEqual(8080);
    expect(http).toBeLessThan(8180);
    expect(https).toBeGreaterThanOrEqual(8443);
    expect(await Promise.all([isPortFree(http), isPortFree(https)])).toEqual([true, true]);
  });

  it('are not exchanged where they were asked for by number: the owner is named', async () => {
    const taken = await takenPort();
    const wanted = { http: { number: await freePort(), isFixed: false }, https: { number: taken, isFixed: true } };

    const error = await failureOf(choosePorts(wanted, systemProcesses()));

    expect(error.code).toBe('conflict');
    expect(error.message).toContain(`port ${String(taken)} (local.ports.https) is taken by `);
    expect(error.message).toContain(`pid ${String(process.pid)}`);
  });

  it('are two', async () => {
    const port = await freePort();
    const wanted = { http: { number: port, isFixed: false }, https: { number: port, isFixed: true } };

    const { http, https } = await choosePorts(wanted, systemProcesses());

    expect(https).toBe(port);
    expect(http).not.toBe(port);
  });
});
