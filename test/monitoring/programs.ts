import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterwards } from '../toolchain/fixture.js';

/** An object is JSON; a number is a status, alone or with what is said. */
type Answer = object | string | number | readonly [number, string];

/** What a program on this machine is asked, and what it answers. */
export interface Program {
  readonly url: string;
  readonly port: number;
  /** `GET /api/v1/alerts`, with bodies behind them. */
  readonly asked: string[];
  /** By method and path without its query. */
  readonly answers: Map<string, Answer>;
  /** Keeps every answer back. */
  silence(): void;
  /** Ends it. */
  close(): Promise<void>;
}

/** A local server that answers as one of the programs would, on a port or any; what it has no answer for is 404. */
export async function program(answers: Readonly<Record<string, Answer>> = {}, wanted = 0): Promise<Program> {
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
    else if (isRefusal(found)) response.writeHead(found[0]).end(found[1]);
    else response.end(typeof found === 'string' ? found : JSON.stringify(found));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
  };
  afterwards(close);
  return {
    url: `http://127.0.0.1:${String(port)}/`,
    port,
    asked,
    answers: known,
    silence: () => (silent = true),
    close,
  };
}

function isRefusal(answer: Answer): answer is readonly [number, string] {
  return Array.isArray(answer) && answer.length === 2 && typeof answer[0] === 'number';
}
