import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { asset } from '../src/paths.js';

/** What public charts render, beside the checkout and no part of the project; its own README tells of it. */
export const upstream = asset('..', 'shared', 'upstream');

/** Why tests on rendered public charts are skipped; `undefined` where the charts are. */
export const withoutUpstream = existsSync(join(upstream, 'catalogue.yaml'))
  ? undefined
  : `there are no rendered public charts in ${upstream}`;

/** For `beforeEach`: skips, with the reason, where the rendered public charts are not. */
export function skipWithoutUpstream(context: TestContext): void {
  context.skip(withoutUpstream !== undefined, withoutUpstream);
}
