import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createProbe } from '../../../src/chaos/observe/create-probe.js';
import { systemClock } from '../../../src/clock.js';
import { certificate, has, temporaryFolder } from '../../certificates/given.js';
import { blackHole, freePort } from '../../apps/ports.js';

const url = 'https://webportal.shop.localhost/login';
const never = new AbortController().signal;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** An ingress with a certificate of an authority of its own for some names. */
async function ingress(listener: RequestListener, names = ['*.shop.localhost']) {
  const folder = await temporaryFolder();
  const ca = await certificate(folder, { name: 'authority', extensions: ['basicConstraints=critical,CA:TRUE'] });
  const issuer = { certificate: ca, key: `${ca}.key` };
  const extensions = [`subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`];
  const leaf = await certificate(folder, { name: 'leaf', extensions, issuer });
  const [cert, key, authority] = await Promise.all([leaf, `${leaf}.key`, ca].map((file) => readFile(file, 'utf8')));
  const https = await listening(createServer({ cert, key }, listener));
  return { https, authority: authority ?? '' };
}

function probeAt(https: number, authorities: readonly string[], options: { http?: number; budgetMs?: number } = {}) {
  const { http = https, ...budget } = options;
  const route = { address: '127.0.0.1', ports: { http, https } };
  return createProbe({ route, authorities, clock: systemClock, ...budget });
}

describe.runIf(has('openssl'))('asking as a user does', () => {
  let asked: { host: string | undefined; servername: unknown; isNew: boolean }[] = [];
  const seen: object[] = [];
  beforeEach(() => {
    asked = [];
    seen.length = 0;
  });
  const answer =
    (status: number, body: string, headers = {}): RequestListener =>
    (request, response) => {
      const { socket } = request;
      asked.push({
        host: request.headers.host,
        servername: 'servername' in socket && socket.servername,
        isNew: !seen.includes(socket),
      });
      seen.push(socket);
      response.writeHead(status, headers).end(body);
    };

  it('reaches the ingress by the name in the URL, each time by a new connection', async () => {
    const { https, authority } = await ingress(answer(503, 'please try again'));
    const probe = probeAt(https, [authority]);

    expect(await probe(url, never)).toMatchObject({ status: 503, body: 'please try again' });
    await probe(url, never);

    const name = 'webportal.shop.localhost';
    expect(asked).toEqual([
      { host: name, servername: name, isNew: true },
      { host: name, servername: name, isNew: true },
    ]);
  });

  it('does not follow where it is sent', async () => {
    const { https, authority } = await ingress(answer(302, '', { location: 'https://login.example.test/' }));
    expect(await probeAt(https, [authority])(url, never)).toMatchObject({
      status: 302,
      location: 'https://login.example.test/',
    });
    expect(asked).toHaveLength(1);
  });

  it('does not believe a certificate of a stranger, or of another name', async () => {
    const { https, authority } = await ingress(answer(200, ''), ['other.localhost']);
    expect((await probeAt(https, [])(url, never)).error).toMatch(/^its certificate is not trusted: /);
    expect((await probeAt(https, [authority])(url, never)).error).toMatch(/webportal\.shop\.localhost/);
    expect(asked).toEqual([]);
  });

  it('reads a page without encryption at the other port', async () => {
    const http = await listening(createHttpServer(answer(200, 'plain')));
    const answered = await probeAt(http, [], { http })('http://webportal.shop.localhost/', never);
    expect(answered).toMatchObject({ status: 200, body: 'plain' });
    expect(asked[0]?.host).toBe('webportal.shop.localhost');
  });

  it('asks names that resolve at their own address', async () => {
    const { https, authority } = await ingress(answer(200, 'here'), ['localhost']);
    const probe = createProbe({ route: { variables: {} }, authorities: [authority], clock: systemClock });
    expect(await probe(`https://localhost:${String(https)}/`, never)).toMatchObject({ status: 200, body: 'here' });
  });
});

describe('an address that does not answer', () => {
  it('is told with the reason', async () => {
    const probe = probeAt(await freePort(), []);
    expect(await probe(url, never)).toMatchObject({ error: 'it refused the connection' });
  });

  it('is not waited for beyond the budget, before and after the connection', async () => {
    const silent = probeAt(await blackHole(), [], { budgetMs: 100 });
    expect(await silent(url, never)).toMatchObject({ error: 'no answer within 100ms' });
    const http = await listening(createHttpServer((_, response) => response.writeHead(200).write('half a p')));
    const endless = probeAt(http, [], { http, budgetMs: 100 });
    expect(await endless('http://webportal.shop.localhost/', never)).toMatchObject({ error: 'no answer within 100ms' });
  });

  it('is given up when the caller is interrupted', async () => {
    const interruption = new AbortController();
    const asked = probeAt(await blackHole(), [])(url, interruption.signal);
    const reason = new Error('interrupted');
    interruption.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});
