import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Progress } from '../../src/plan/events.js';
import type { StepContext } from '../../src/plan/step.js';

export * from './given.js';

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** Runs after the test; what was registered last is undone first. */
export function afterwards(clean: () => Promise<unknown>): void {
  cleanups.push(clean);
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-toolchain-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface Site {
  readonly url: string;
  /** Paths in the order they were asked for, such as `GET /helm`. */
  readonly requests: readonly string[];
}

/** A web server on this machine that serves texts by path, or answers as told. */
export async function serve(pages: Record<string, string | RequestListener>): Promise<Site> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const page = pages[request.url ?? ''];
    if (page === undefined) response.writeHead(404).end();
    else if (typeof page === 'string') response.writeHead(200, { 'content-length': Buffer.byteLength(page) }).end(page);
    else page(request, response);
  });
  const url = `http://127.0.0.1:${String(await listen(server))}`;
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url, requests };
}

/** A host that accepts every connection and never says a word. */
export async function serveSilence(): Promise<{ readonly url: string; connections(): number }> {
  const sockets: Socket[] = [];
  const server = createTcpServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
  });
  const port = await listen(server);
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `https://127.0.0.1:${String(port)}`, connections: () => sockets.length };
}

/** A URL whose host refuses every connection. */
export async function refusedUrl(): Promise<string> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String(port)}`;
}

function listen(server: Server | TcpServer): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** A context that records what is said. */
export function contextFor(signal = new AbortController().signal): StepContext & { readonly said: Progress[] } {
  const said: Progress[] = [];
  return {
    signal,
    said,
    progress(progress) {
      said.push(progress);
    },
  };
}
