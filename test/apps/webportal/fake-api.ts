import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the fake api answers to `<METHOD> <path>`; the body is sent as JSON. */
export type FakeAnswers = Record<
  string,
  { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
>;

export type SeenRequest = {
  readonly what: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export const everythingUp: FakeAnswers = { 'GET /api/status': { status: 200, body: { auth: 'up', images: 'up' } } };

/** A server in place of the api. It answers what `answers` says at that moment, and keeps what it was asked. */
export async function startFakeApi(answers: FakeAnswers) {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const what = `${request.method ?? ''} ${request.url ?? ''}`;
      requests.push({ what, headers: request.headers, body: Buffer.concat(chunks) });
      const answer = answers[what] ?? { status: 404, body: { error: `The fake api knows no ${what}` } };
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${String(port)}`, answers, requests };
}
