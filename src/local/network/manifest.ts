import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf, PlatformError, systemCode } from '../../errors.js';
import type { KubernetesObject } from '../../kubernetes/objects.js';
import type { Network } from '../../network.js';
import { parseManifest } from '../../releases/helm/manifest.js';

/** True for a manifest that has to be downloaded; any other is an absolute path. */
export function isUrl(manifest: string): boolean {
  return /^[a-z]+:\/\//.test(manifest);
}

/**
 * Tells one manifest from another. What is behind a URL counts as fixed, as every version does here, so that looking
 * whether it was applied takes no download.
 */
export async function manifestDigest(manifest: string): Promise<string> {
  const identity = isUrl(manifest) ? manifest : await readText(manifest);
  return createHash('sha256').update(identity).digest('hex').slice(0, 40);
}

/**
 * The objects of a manifest, in its order.
 * @throws PlatformError `usage` that names the file and the document that is wrong, `prerequisite` for a URL that
 * cannot be had
 */
export async function readManifest(
  manifest: string,
  network: Pick<Network, 'text'>,
  signal?: AbortSignal,
): Promise<KubernetesObject[]> {
  const text = isUrl(manifest) ? await network.text(manifest, signal) : await readText(manifest);
  const objects = documentsOf(text).flatMap((document) => objectsOf(document, manifest));
  if (objects.length > 0) return objects;
  throw new PlatformError('usage', `${manifest} has no Kubernetes objects`, { suggestions: [advice] });
}

const advice = 'local.cni names the manifest of a pod network: a YAML file or its URL';

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const words = systemCode(error) === 'ENOENT' ? 'which does not exist' : `which cannot be read: ${messageOf(error)}`;
    throw new PlatformError('usage', `local.cni names ${file}, ${words}`, { suggestions: [advice], cause: error });
  }
}

interface ManifestDocument {
  readonly text: string;
  readonly firstLine: number;
}

function documentsOf(text: string): ManifestDocument[] {
  let line = 1;
  return text
    .replaceAll('\r\n', '\n')
    .split(/^---(?=\s)/m)
    .map((part) => {
      const firstLine = line;
      line += part.split('\n').length - 1;
      return { text: part, firstLine };
    })
    .filter((document) => document.text.split('\n').some((content) => /^\s*[^\s#]/.test(content)));
}

function objectsOf({ text, firstLine }: ManifestDocument, manifest: string): KubernetesObject[] {
  const place = `the document at line ${String(firstLine)} of ${manifest}`;
  const broken = (words: string, cause?: unknown) =>
    new PlatformError('usage', `${place} ${words}`, { suggestions: [advice], cause });
  const objects = parsed();
  if (objects.length === 0) throw broken('is no Kubernetes object: it has no apiVersion and kind');
  const nameless = objects.find(({ metadata }) => !metadata.name);
  if (nameless) throw broken(`has a ${nameless.kind} without a name`);
  return objects;

  function parsed(): KubernetesObject[] {
    try {
      // Lines before it, so that the reader's own line numbers are those of the file.
      return parseManifest('\n'.repeat(firstLine - 1) + text).map(({ object }) => object);
    } catch (error) {
      if (error instanceof TypeError) throw broken('has an object without metadata', error);
      const words = messageOf(error)
        .replace(/^the manifest: /, '')
        .trim();
      throw broken(`is not valid YAML: ${words.split('\n', 1)[0]?.replace(/:$/, '') ?? ''}`, error);
    }
  }
}
