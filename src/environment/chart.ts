import { readFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { CatalogueEntry } from '../releases/catalogue.js';
import { isMap } from '../releases/values/values.js';
import type { ChartReference } from './environment.js';
import type { Library } from './library.js';
import type { ReleaseContent } from './schema.js';

type ChartContent = NonNullable<ReleaseContent['chart']>;

/** A chart a release names, or what is wrong with the name. */
type ChartResult =
  | { readonly chart: ChartReference; readonly name: string }
  | { readonly message: string; readonly allowed: string; readonly candidates?: readonly string[] };

/** Reads what a release says about its chart; folders are relative to `folder`, where the file is. */
export async function chartOf(
  content: ChartContent,
  { folder, bundled, library }: { folder: string; bundled: readonly string[]; library: Library },
): Promise<ChartResult> {
  if (typeof content !== 'string') return repositoryChart(content);
  if (content.startsWith('oci://')) return ociChart(content);
  if (/^\.{1,2}(\/|$)/.test(content) || isAbsolute(content)) return folderChart(resolve(folder, content));
  if (bundled.includes(content)) {
    return { chart: { from: 'bundled', name: content, path: join(library.charts, content) }, name: content };
  }
  return {
    message: `there is no bundled chart ${content}`,
    allowed: `${bundled.join(', ')}, ./folder, oci://registry/chart:version, or {repository, name, version}`,
    candidates: bundled,
  };
}

/** The chart of a catalogue entry. */
export function catalogueChart(entry: CatalogueEntry, library: Library): { chart: ChartReference; name: string } {
  const { chart } = entry;
  if ('bundled' in chart) {
    return {
      chart: { from: 'bundled', name: chart.bundled, path: join(library.charts, chart.bundled) },
      name: chart.bundled,
    };
  }
  if ('oci' in chart) {
    const { oci: reference, version } = chart;
    return { chart: { from: 'oci', reference, version, ...pinOf(chart) }, name: lastSegment(reference) };
  }
  const { chart: reference, name } = repositoryChart(chart);
  return { chart: { ...reference, ...pinOf(chart) }, name };
}

function pinOf({ digest }: { readonly digest?: string | undefined }): { readonly digest?: string } {
  return digest === undefined ? {} : { digest };
}

// Helm calls an OCI registry a repository, too.
function repositoryChart(content: { repository: string; name: string; version: string }): {
  chart: ChartReference;
  name: string;
} {
  const { repository, name, version } = content;
  if (!repository.startsWith('oci://')) return { chart: { from: 'repository', repository, name, version }, name };
  return { chart: { from: 'oci', reference: `${repository.replace(/\/+$/, '')}/${name}`, version }, name };
}

function ociChart(content: string): ChartResult {
  const [, reference, version] = /^(oci:\/\/[^/\s]+\/[^:\s@]+):([\w][\w.-]*(?:\+[\w.-]+)?)$/.exec(content) ?? [];
  if (reference === undefined || version === undefined) {
    return { message: `${content} gives no version`, allowed: 'oci://registry/chart:version' };
  }
  return { chart: { from: 'oci', reference, version }, name: lastSegment(reference) };
}

async function folderChart(path: string): Promise<ChartResult> {
  const allowed = 'a folder with a Chart.yaml, relative to this file';
  try {
    const metadata: unknown = parse(await readFile(join(path, 'Chart.yaml'), 'utf8'));
    const name = isMap(metadata) ? metadata['name'] : undefined;
    if (typeof name === 'string') return { chart: { from: 'folder', path }, name };
    return { message: `${join(path, 'Chart.yaml')} gives the chart no name`, allowed };
  } catch {
    return { message: `there is no readable Chart.yaml in ${path}`, allowed };
  }
}

function lastSegment(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1);
}
