import { createHash } from 'node:crypto';
import type { Values } from '../environment/environment.js';

/** Raised when what "ready" means changes, so that gates are passed again. */
const gateVersion = 1;

export interface ReleaseInput {
  readonly name: string;
  readonly namespace: string;
  readonly chartDigest: string;
  readonly values: Values;
  readonly standIn: boolean;
}

/**
 * What a release is installed from, as the first 40 hex digits of a SHA-256 (a label value holds 63 bytes). It never
 * covers rendered output: several public charts render differently each time.
 */
export function inputHash(input: ReleaseInput): string {
  return createHash('sha256')
    .update(canonicalJson({ ...input, gateVersion }))
    .digest('hex')
    .slice(0, 40);
}

/** JSON with sorted keys, so that the order in a file does not matter. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
