import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { filesBelow } from '../charts/chart-texts.js';

export interface CopiedCharts {
  /** Folder within the export, by the name of the release. */
  readonly folders: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Bundled charts and those in folders of the user's, which Argo CD can have from the repository only; each once,
 * however many releases use it.
 * @param out The folder of the export.
 * @throws PlatformError `usage` when the export lies within one of the charts
 */
export async function copiedCharts(releases: readonly Release[], out: string): Promise<CopiedCharts> {
  const folders = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const byPath = new Map<string, string>();
  for (const { name, chart } of [...releases].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!('path' in chart)) continue;
    const known = byPath.get(chart.path);
    const folder = known ?? freeFolder(chart.from === 'bundled' ? chart.name : basename(chart.path), name, byPath);
    folders.set(name, folder);
    if (known !== undefined) continue;
    byPath.set(chart.path, folder);
    refuseWithin(out, chart.path, name);
    for (const file of await filesBelow(chart.path)) {
      if (!file.startsWith('.git/')) files.set(`${folder}/${file}`, await readFile(join(chart.path, file)));
    }
  }
  return { folders, files };
}

function freeFolder(chart: string, release: string, taken: ReadonlyMap<string, string>): string {
  const folder = `charts/${chart}`;
  return [...taken.values()].includes(folder) ? `charts/${chart}-of-${release}` : folder;
}

function refuseWithin(out: string, chart: string, release: string): void {
  const path = relative(chart, out);
  if (path === '..' || path.startsWith('../')) return;
  throw new PlatformError('usage', `${out} is in the chart of ${release}, which would then be copied into itself`, {
    suggestions: [`choose a folder that is not below ${chart}`],
  });
}
