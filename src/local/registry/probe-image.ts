import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { endingProgram, type Architecture } from './program.js';

/** Something a registry keeps under its digest. */
export interface Content {
  readonly mediaType: string;
  /** `sha256:…`. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An image as registries keep it. */
export interface ProbeImage {
  /** Layers and configurations, before the manifests that name them. */
  readonly blobs: readonly Content[];
  /** One for each processor, then the index, which is the image. */
  readonly manifests: readonly Content[];
  /** Of the index. */
  readonly digest: string;
}

const architectures: readonly Architecture[] = ['amd64', 'arm64'];

/**
 * An image of a program that ends at once, for every processor that nodes here have.
 * @param nonce makes it an image that no node has seen, and that is no other image under another name
 */
export async function probeImage(nonce: string): Promise<ProbeImage> {
  const platforms = await Promise.all(architectures.map((architecture) => imageFor(architecture, nonce)));
  const index = contentOf('application/vnd.oci.image.index.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: platforms.map(({ architecture, manifest }) => ({
      ...descriptorOf(manifest),
      platform: { architecture, os: 'linux' },
    })),
  });
  return {
    blobs: platforms.flatMap(({ layer, config }) => [layer, config]),
    manifests: [...platforms.map(({ manifest }) => manifest), index],
    digest: index.digest,
  };
}

async function imageFor(architecture: Architecture, nonce: string) {
  const layer = contentOf('application/vnd.oci.image.layer.v1.tar', await layerOf(endingProgram(architecture)));
  const config = contentOf('application/vnd.oci.image.config.v1+json', {
    architecture,
    os: 'linux',
    config: { Entrypoint: ['/end'], Labels: { 'platform.dev/probe': nonce } },
    // A layer that is not compressed has one digest for both.
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = contentOf('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptorOf(config),
    layers: [descriptorOf(layer)],
  });
  return { architecture, layer, config, manifest };
}

async function layerOf(program: Buffer): Promise<Buffer> {
  const { pack } = await import('tar-stream');
  const archive = pack();
  archive.entry({ name: 'end', mode: 0o755, mtime: new Date(0) }, program);
  archive.finalize();
  return buffer(archive);
}

function contentOf(mediaType: string, content: Buffer | object): Content {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { mediaType, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

function descriptorOf({ mediaType, digest, bytes }: Content): object {
  return { mediaType, digest, size: bytes.length };
}
