import { join } from 'node:path';
import { writeFileAtomically } from '../files.js';
import { imageReference } from './image-reference.js';
import { readManifest, type Descriptor } from './media-types.js';
import type { OciLayout } from './oci-layout.js';
import { manifestsFor } from './platform.js';

/**
 * Lets container engines read images out of a layout, those that know its index and those before: adds the list that
 * `tar -C FOLDER -c . | docker load` goes by.
 * @param images Tagged ones that the layout has, by their full names
 */
export async function addDockerArchive(
  layout: OciLayout,
  images: readonly string[],
  platform: string,
  signal: AbortSignal,
): Promise<void> {
  const list = await Promise.all(images.map((image) => entryOf(layout, image, platform, signal)));
  await writeFileAtomically(join(layout.folder, 'manifest.json'), JSON.stringify(list.flat(), null, 2));
}

async function entryOf(layout: OciLayout, image: string, platform: string, signal: AbortSignal) {
  const { registry, repository, tag } = imageReference(image) ?? {};
  if (registry === undefined || repository === undefined || tag === undefined) return [];
  const store = layout.store(`${registry}/${repository}`);
  const root = await store.manifest(tag, signal);
  const content = root && readManifest(root);
  if (!content) return [];
  const [child] = content.kind === 'index' ? manifestsFor(content.index, [platform], image) : [];
  const own = child ? await store.manifest(child.digest, signal) : root;
  const manifest = own && readManifest(own);
  if (manifest?.kind !== 'image') return [];
  const { config, layers } = manifest.image;
  const shortName = `${registry}/${repository}`.replace(/^docker\.io\/(library\/)?/, '');
  return [{ Config: pathOf(config), RepoTags: [`${shortName}:${tag}`], Layers: layers.map(pathOf) }];
}

function pathOf({ digest }: Descriptor): string {
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}
