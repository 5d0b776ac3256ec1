import { createSession } from '../../src/registry/session.js';
import { repositoryStore } from '../../src/registry/repository.js';
import type { CredentialsOf } from '../../src/registry/docker-credentials.js';
import type { ImageStore } from '../../src/registry/image-store.js';
import { ociIndex, ociManifest, type Descriptor } from '../../src/registry/media-types.js';
import { digestOf, type OciRegistry } from './oci-registry.js';

export const { signal } = new AbortController();
/** The user's variables: a proxy that nobody may ask about this machine. */
const variables = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' };
const nobody: CredentialsOf = () => undefined;

export function sessionAs(credentials: CredentialsOf = nobody) {
  return createSession({ variables, credentials });
}

export function storeIn(registry: { readonly host: string }, repository: string, credentials = nobody): ImageStore {
  return repositoryStore(sessionAs(credentials), registry.host, repository);
}

/** Puts an image for one platform up; what differs is the text of its layer. Its digest. */
export function publish(
  registry: OciRegistry,
  repository: string,
  tag: string,
  text = `${repository}:${tag}`,
  architecture = 'amd64',
): string {
  const { bytes } = imageIn(registry, repository, text, architecture);
  return keep(registry, repository, tag, ociManifest, bytes);
}

/** Puts an image for several architectures up; its digest. */
export function publishIndex(
  registry: OciRegistry,
  repository: string,
  tag: string,
  architectures: readonly string[],
): string {
  const manifests = architectures.map((architecture) => {
    const { bytes } = imageIn(registry, repository, `${repository}:${tag} ${architecture}`, architecture);
    const digest = keep(registry, repository, undefined, ociManifest, bytes);
    const platform = { os: 'linux', architecture, ...(architecture === 'arm64' && { variant: 'v8' }) };
    return { mediaType: ociManifest, digest, size: bytes.length, platform };
  });
  // Written as nobody else would write it: an index has to stay as it is, byte for byte.
  const bytes = Buffer.from(JSON.stringify({ manifests, mediaType: ociIndex, schemaVersion: 2 }, null, 3));
  return keep(registry, repository, tag, ociIndex, bytes);
}

function imageIn(registry: OciRegistry, repository: string, text: string, architecture: string) {
  const config = blob(registry, repository, JSON.stringify({ os: 'linux', architecture, of: text }), 'config.v1+json');
  const layers = [
    blob(registry, repository, 'the base of all', 'layer.v1.tar'),
    blob(registry, repository, text, 'layer.v1.tar'),
  ];
  return { bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: ociManifest, config, layers })) };
}

function blob({ blobs }: OciRegistry, repository: string, text: string, type: string): Descriptor {
  const bytes = Buffer.from(text);
  const digest = digestOf(bytes);
  blobs.set(`${repository}@${digest}`, bytes);
  return { mediaType: `application/vnd.oci.image.${type}`, digest, size: bytes.length };
}

function keep(
  { manifests }: OciRegistry,
  repository: string,
  tag: string | undefined,
  mediaType: string,
  bytes: Buffer,
): string {
  const digest = digestOf(bytes);
  manifests.set(`${repository}@${digest}`, { mediaType, bytes });
  if (tag !== undefined) manifests.set(`${repository}:${tag}`, { mediaType, bytes });
  return digest;
}

/** All bytes of a stream, as text. */
export async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}
