import { gunzipSync, gzipSync } from 'node:zlib';
import type { ClusterClient } from '../kubernetes/client.js';
import type { KubernetesObject } from '../kubernetes/objects.js';
import type { ObservedRelease } from './observed.js';

interface ReleaseSecret extends KubernetesObject {
  readonly data: { readonly release: string };
}

/**
 * Turns a revision that a dead owner left pending into a failed one, which the next `helm upgrade --install` can build
 * on; Helm itself would refuse for ever. Compare-and-set: if anybody touches the release meanwhile, this fails.
 */
export async function recoverPending(
  client: ClusterClient,
  release: ObservedRelease,
  signal: AbortSignal,
): Promise<void> {
  const path = `/api/v1/namespaces/${release.namespace}/secrets/${release.secret}`;
  const secret = await client.get<ReleaseSecret>(path, signal);
  if (!secret?.metadata.labels?.['status']?.startsWith('pending-')) return;
  const record = decode(secret.data.release);
  const failed = {
    ...record,
    info: { ...record.info, status: 'failed', description: 'interrupted; marked as failed by platform' },
  };
  await client.replace(
    path,
    {
      ...secret,
      metadata: { ...secret.metadata, labels: { ...secret.metadata.labels, status: 'failed' } },
      data: { release: encode(failed) },
    },
    signal,
  );
}

interface ReleaseRecord {
  readonly info: Readonly<Record<string, unknown>>;
}

// Helm stores base64 of gzip of JSON, and a Secret's data is base64 again.
function decode(data: string): ReleaseRecord {
  const helmText = Buffer.from(data, 'base64').toString('utf8');
  return JSON.parse(gunzipSync(Buffer.from(helmText, 'base64')).toString('utf8')) as ReleaseRecord;
}

function encode(record: ReleaseRecord): string {
  const helmText = gzipSync(JSON.stringify(record)).toString('base64');
  return Buffer.from(helmText).toString('base64');
}
