import type { Release, Values, ValuesLayer } from '../environment/environment.js';

/**
 * Completes the values of a release by what only the world knows, such as the digest of an image; says why that cannot
 * be known yet where a step of this run has yet to bring it about.
 */
export type Settle = (release: Release, signal: AbortSignal) => Promise<Release | { readonly unsettled: string }>;

export const asItIs: Settle = (release) => Promise.resolve(release);

/** The id of the step that builds an image: `image/auth`. */
export function imageId(image: string): string {
  return `image/${image}`;
}

/** Adds a layer of values over what files say and under what the command line says, in place of one of that origin. */
export function withLayer(release: Release, origin: string, values: Values): Release {
  const layer: ValuesLayer = { origin, values };
  const others = release.values.filter((one) => one.origin !== origin);
  const flags = others.filter((one) => one.origin === '--set');
  return { ...release, values: [...others.filter((one) => !flags.includes(one)), layer, ...flags] };
}
