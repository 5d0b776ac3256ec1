import type { DestroyResult } from '../usecases/destroy.js';
import type { Style } from './style.js';

/** What was removed, and the proof that nothing is left. */
export function destroyText({ environment, existed, removed, kept }: DestroyResult, { paint, symbols }: Style): string {
  if (!existed) return `There is no environment ${environment} on this machine: nothing to remove.`;
  return [
    ...removed.map((thing) => `  removed ${thing}`),
    ...kept.map((thing) => `  kept ${thing}`),
    `${paint('green', symbols.done)} ${environment} is gone: ${String(removed.length)} things removed, 0 left`,
  ].join('\n');
}
