import { request } from 'node:https';
import { resourcePath } from '../../../src/kubernetes/resource-path.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import type { BareApiServer } from './bare-api-server.js';

/** What an API server says of an object that it is to create. */
export interface Judgement {
  /** Its words where it refuses. */
  readonly refusal: string | undefined;
  /** What it takes and warns of: deprecated versions, fields given twice, pods that a stricter level would refuse. */
  readonly warnings: readonly string[];
}

/** Lets the API server create an object without keeping it; a field that it does not know is a refusal. */
export function strictDryRun(
  { client, authority, token }: BareApiServer,
  object: KubernetesObject,
): Promise<Judgement> {
  const collection = resourcePath(object).replace(/\/[^/]+$/, '');
  const url = new URL(`${client.server}${collection}?dryRun=All&fieldValidation=Strict`);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' };
  return new Promise((resolve, reject) => {
    // A connection for each: the server gives no more than one of many.
    const call = request(url, { method: 'POST', ca: authority, headers, agent: false }, (response) => {
      const chunks: string[] = [];
      response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = JSON.parse(chunks.join('')) as { readonly message?: string };
        resolve({
          refusal:
            response.statusCode === 201 ? undefined : (answer.message ?? `status ${String(response.statusCode)}`),
          warnings: warningsOf(response.rawHeaders),
        });
      });
    });
    call.on('error', reject);
    call.end(JSON.stringify(object));
  });
}

/** The texts of `Warning: 299 - "…"` headers. */
function warningsOf(rawHeaders: readonly string[]): string[] {
  return rawHeaders
    .filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'warning')
    .map((header) => header.replace(/^\d+ \S+ "(.*)"$/, '$1').replaceAll('\\"', '"'));
}
