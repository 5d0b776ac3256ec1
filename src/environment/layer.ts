import type { Draft, DraftContent } from './draft.js';

/** A blueprint or an environment file; a list of them goes from the weakest to the strongest. */
export interface Layer {
  readonly draft: Draft;
  /** Where its relative paths start. */
  readonly folder: string;
  /** What the origin of its values is called: `blueprint microservices`, `platform.yaml`. */
  readonly origin: string;
}

/** What the layers say under one key, from the weakest to the strongest. */
export function said<K extends keyof DraftContent>(layers: readonly Layer[], key: K): NonNullable<DraftContent[K]>[] {
  return layers.map(({ draft }) => draft.content[key]).filter(isPresent);
}

type NamedSection = 'releases' | 'images' | 'drills' | 'namespaces' | 'secrets';

/** Names under a section of all layers, in the order in which they appear. */
export function namesIn(layers: readonly Layer[], section: NamedSection): string[] {
  return [...new Set(said(layers, section).flatMap((names) => Object.keys(names)))];
}

function isPresent<T>(value: T): value is NonNullable<T> {
  return value !== undefined && value !== null;
}
