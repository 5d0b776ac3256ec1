import { PlatformError } from '../errors.js';
import type { ImageIndex } from './media-types.js';

/** For which machines: all that an image is made for, or such as `linux/arm64/v8`. */
export type WantedPlatforms = 'all' | readonly string[];
/** The same, or those that the source has all of. */
export type Platforms = WantedPlatforms | 'there';

/** What containers on this machine run on. */
export function machinePlatform(architecture: string): string {
  return `linux/${architecture === 'x64' ? 'amd64' : architecture}`;
}

/** @throws PlatformError `usage` for what is no platform */
export function platformsFrom(texts: readonly string[]): WantedPlatforms {
  if (texts.includes('all')) return 'all';
  for (const text of texts) {
    if (/^[a-z0-9]+\/[a-z0-9_]+(\/v\d+)?$/.test(text)) continue;
    throw new PlatformError('usage', `${text} is no platform`, { suggestions: ['such as linux/amd64, or all'] });
  }
  return texts;
}

/**
 * The manifests of an index that the platforms need, in the order of the index.
 * @throws PlatformError `conflict` where a platform has none, with those that there are
 */
export function manifestsFor({ manifests }: ImageIndex, platforms: WantedPlatforms, image: string) {
  if (platforms === 'all') return manifests;
  for (const wanted of platforms) {
    if (manifests.some((manifest) => isFor(manifest, wanted))) continue;
    const there = [...new Set(manifests.map(nameOf).filter((name) => !name.startsWith('unknown/')))];
    throw new PlatformError('conflict', `${image} is not made for ${wanted}`, {
      suggestions: [`it is there for ${there.join(', ')}: choose with --platform`],
      facts: { image, platform: wanted, platforms: there },
    });
  }
  return manifests.filter((manifest) => platforms.some((wanted) => isFor(manifest, wanted)));
}

type Manifest = ImageIndex['manifests'][number];

// Without a variant any will do, as with `docker pull --platform`.
function isFor(manifest: Manifest, wanted: string): boolean {
  const name = nameOf(manifest);
  return name === wanted || name.startsWith(`${wanted}/`) || (wanted === `${name}/v8` && name === 'linux/arm64');
}

function nameOf({ platform }: Manifest): string {
  if (!platform) return 'unknown/unknown';
  const { os, architecture, variant } = platform;
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
