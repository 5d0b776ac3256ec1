import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterwards } from '../toolchain/fixture.js';

/** What a program on this machine is asked, and what it answers. */
export interface Program {
  readonly url: string;
  readonly port: number;
  /** `GET /api/v1/alerts`, with bodies behind them. */
  readonly asked: string[];
  /** Answers by method and path without its query; an object is JSON. */
  readonly answers: Map<string, object | string | number>;
  /** Keeps every answer back. */
  silence(): void;
}

/** A local server that answers as one of the programs would; what it has no answer for is 404. */
export async function program(answers: Readonly<Record<string, object | string | number>> = {}): Promise<Program> {
  const asked: string[] = [];
  const known = new Map(Object.entries(answers));
  let silent = false;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    const body = await text(request);
    asked.push([`${method} ${url}`, body].filter((part) => part !== '').join(' '));
    if (silent) return;
    const found = known.get(`${method} ${url.split('?')[0] ?? ''}`) ?? 404;
    if (typeof found === 'number') response.writeHead(found).end();
    else response.end(typeof found === 'string' ? found : JSON.stringify(found));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${String(port)}/`, port, asked, answers: known, silence: () => (silent = true) };
}
