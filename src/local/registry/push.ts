import { PlatformError } from '../../errors.js';
import type { Content, ProbeImage } from './probe-image.js';

/** Milliseconds; everything that is sent here is smaller than a kilobyte or two. */
const answerWithinMs = 10_000;

/**
 * Pushes an image into a registry of this machine, by the OCI distribution protocol.
 * @throws PlatformError `tool` in the registry's own words
 */
export async function pushImage(
  port: number,
  repository: string,
  image: ProbeImage,
  signal: AbortSignal,
): Promise<void> {
  for (const blob of image.blobs) await pushBlob(port, repository, blob, signal);
  for (const { digest, mediaType, bytes } of image.manifests) {
    const url = manifestUrl(port, repository, digest);
    await send('PUT', url, signal, { body: bytes, headers: { 'content-type': mediaType } });
  }
}

/** Takes an image's manifests out again; the registry's garbage collection takes the rest. */
export async function removeImage(
  port: number,
  repository: string,
  image: ProbeImage,
  signal: AbortSignal,
): Promise<void> {
  // From the index down: a registry may keep what another manifest names.
  for (const { digest } of [...image.manifests].reverse()) {
    await send('DELETE', manifestUrl(port, repository, digest), signal);
  }
}

async function pushBlob(port: number, repository: string, blob: Content, signal: AbortSignal): Promise<void> {
  const started = await send('POST', `${baseUrl(port)}/${repository}/blobs/uploads/`, signal);
  const location = new URL(started.headers.get('location') ?? '', baseUrl(port));
  location.searchParams.set('digest', blob.digest);
  await send('PUT', location.href, signal, {
    body: blob.bytes,
    headers: { 'content-type': 'application/octet-stream' },
  });
}

async function send(
  method: 'POST' | 'PUT' | 'DELETE',
  url: string,
  signal: AbortSignal,
  content: { readonly body?: Buffer; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]);
  const host = new URL(url).host;
  try {
    const response = await fetch(url, { method, signal: limit, ...content });
    const text = await response.text();
    if (response.ok) return response;
    throw new PlatformError('tool', `the registry on ${host} refused ${method} ${new URL(url).pathname}`, {
      output: `${String(response.status)} ${text.trim()}`.trim(),
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof PlatformError) throw error;
    throw new PlatformError('tool', `the registry on ${host} did not answer ${method} ${new URL(url).pathname}`, {
      cause: error,
    });
  }
}

function manifestUrl(port: number, repository: string, digest: string): string {
  return `${baseUrl(port)}/${repository}/manifests/${digest}`;
}

function baseUrl(port: number): string {
  return `http://127.0.0.1:${String(port)}/v2`;
}
