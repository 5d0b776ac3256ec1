import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { asset } from '../../../src/paths.js';

/** What the API server asks a webhook. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly operation: string;
  readonly dryRun?: boolean;
  readonly namespace?: string;
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource?: string;
  readonly object?: { readonly metadata?: { readonly labels?: Readonly<Record<string, string>> } };
}

export type Behaviour = 'healthy' | 'denying' | 'silent';

/** Admission webhooks on this machine: each path is one of its own, healthy unless told otherwise. */
export interface WebhookServer {
  /** By path, such as `/web`. */
  readonly behaviour: Map<string, Behaviour>;
  readonly asked: (AdmissionRequest & { readonly path: string })[];
  url(path: string): string;
  /** PEM of the certificate it serves, which signed itself. */
  readonly certificate: string;
  close(): Promise<void>;
}

export async function webhookServer(): Promise<WebhookServer> {
  const [cert = '', key] = await Promise.all(
    ['certificate.pem', 'key.pem'].map((name) => readFile(asset('test/fixtures/api-server', name), 'utf8')),
  );
  const behaviour: WebhookServer['behaviour'] = new Map();
  const asked: WebhookServer['asked'][number][] = [];
  const server = createServer({ cert, key }, (message, response) => {
    void (async () => {
      const path = new URL(message.url ?? '/', 'https://webhook').pathname;
      const { request } = (await json(message)) as { request: AdmissionRequest };
      asked.push({ path, ...request });
      const allowed = behaviour.get(path) !== 'denying';
      const status = allowed ? {} : { status: { code: 418, message: 'it likes nothing' } };
      const review = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: request.uid, allowed, ...status },
      };
      if (behaviour.get(path) === 'silent') return;
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(review));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    behaviour,
    asked,
    url: (path) => `https://127.0.0.1:${String(port)}${path}`,
    certificate: cert,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
