import { coerce } from 'semver';
import known from './node-images.json' with { type: 'json' };

const images: Readonly<Record<string, string>> = known.images;

/** Kubernetes minor versions that this version of kind has node images for, newest first. */
export const knownMinors: readonly string[] = Object.keys(images);

/** The node image that kind's release notes name for a minor version, by digest: another build may not work with it. */
export function pinnedImage(minor: string): string | undefined {
  return images[minor];
}

/** The full version that an image's tag says, such as `1.36.4`; a digest alone says none. */
export function versionInTag(image: string): string | undefined {
  const tag = /:([^:/@]+)(?:@|$)/.exec(image.replace(/@.*$/, ''))?.[1];
  return tag === undefined || !/^v?\d+\.\d+/.test(tag) ? undefined : coerce(tag)?.version;
}

/** `1.36` of `1.36.4`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
