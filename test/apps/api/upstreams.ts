import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a stand-in answers; `hang` is no answer at all, `cut` a connection that breaks. */
export type Answer =
  | {
      readonly status: number;
      readonly body: unknown;
      readonly headers?: Record<string, string>;
      readonly afterMs?: number;
    }
  | 'hang'
  | 'cut';

/** A real server that answers as told and remembers what it was asked, but for probes. */
export async function upstream(answer: (received: Received) => Answer): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('latin1') };
      if (!path.startsWith('/health/')) received.push(one);
      const result = answer(one);
      if (result === 'hang') return;
      if (result === 'cut') {
        request.socket.destroy();
        return;
      }
      await pause(result.afterMs ?? 0);
      const text = typeof result.body === 'string' ? result.body : JSON.stringify(result.body);
      response.writeHead(result.status, { 'content-type': 'application/json', ...result.headers }).end(text);
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, received };
}
