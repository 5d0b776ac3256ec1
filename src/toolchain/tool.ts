import type { ToolName } from './pins.js';

/** A program that is here and can be run. */
export interface Tool {
  readonly name: ToolName;
  readonly version: string;
  readonly path: string;
  /** `path`: found on PATH; the others are in our cache, and this is how they came there. */
  readonly source: 'path' | 'download' | 'go';
  /** Who built it, where that is not the project itself. */
  readonly unofficial?: string;
}

/** `helm 4.3.1 from PATH`. */
export function describeTool({ name, version, source, unofficial }: Tool): string {
  const origin = { path: 'from PATH', download: 'downloaded', go: 'built from its Go module' }[source];
  return `${name} ${version} ${origin}${unofficial === undefined ? '' : ` (unofficial build by ${unofficial})`}`;
}
