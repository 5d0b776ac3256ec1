import { gunzipSync, gzipSync } from 'node:zlib';
import type { ClusterClient } from '../../kubernetes/client.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Values } from '../../environment/environment.js';
import type { ObservedRelease } from './observed.js';

/** The parts of Helm's own record of a revision that this product reads (helm.sh/helm/v4/pkg/release/v1, Release). */
export interface HelmRecord {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info: Readonly<Record<string, unknown>> & { readonly status: string; readonly description?: string };
  readonly chart?: { readonly metadata?: { readonly name?: string; readonly version?: string } };
  /** Values as they were given, defaults of the chart not included. */
  readonly config?: Values;
  /** Everything that was applied, hooks not included; YAML documents. */
  readonly manifest?: string;
  readonly hooks?: readonly { readonly name: string; readonly kind: string; readonly manifest: string }[];
}

/** A Secret in which Helm keeps one revision. */
export interface HelmSecret extends KubernetesObject {
  readonly data: { readonly release: string };
}

export function helmSecretPath({ namespace, secret }: Pick<ObservedRelease, 'namespace' | 'secret'>): string {
  return `/api/v1/namespaces/${namespace}/secrets/${secret}`;
}

/** Reads what Helm knows of a revision; `undefined` when its Secret is gone. */
export async function readHelmRecord(
  client: ClusterClient,
  release: Pick<ObservedRelease, 'namespace' | 'secret'>,
  signal?: AbortSignal,
): Promise<HelmRecord | undefined> {
  const secret = await client.get<HelmSecret>(helmSecretPath(release), signal);
  return secret && decodeHelmRecord(secret.data.release);
}

// Helm stores base64 of gzip of JSON, and a Secret's data is base64 again.
export function decodeHelmRecord(data: string): HelmRecord {
  const helmText = Buffer.from(data, 'base64').toString('utf8');
  return JSON.parse(gunzipSync(Buffer.from(helmText, 'base64')).toString('utf8')) as HelmRecord;
}

export function encodeHelmRecord(record: HelmRecord): string {
  const helmText = gzipSync(JSON.stringify(record)).toString('base64');
  return Buffer.from(helmText).toString('base64');
}
