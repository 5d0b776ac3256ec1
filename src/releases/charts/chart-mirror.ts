import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChartReference } from '../../environment/environment.js';
import { PlatformError, systemCode } from '../../errors.js';
import { fileDigest } from './chart-digest.js';
import { chartMetadata, type ChartMetadata } from './chart-metadata.js';
import { describeChart, remoteChart, type RemoteChart } from './chart-reference.js';
import { readChartTexts } from './chart-texts.js';

/**
 * Where a public chart comes from instead: a folder with `<name>-<version>.tgz`, `<name>-<version>/` or `<name>/` in
 * it, or an `oci://` path that has charts under their names. Always the same version. Charts of the product and of the
 * user's own folders stay where they are.
 * @param mirror Absolute path of a folder, or an `oci://` URL
 * @returns for a folder mirror a chart from `folder`; its path can be that of an archive
 * @throws PlatformError `conflict` where a folder does not have the chart in this version, with those that it has, or
 * has another archive than the one that is known; `usage` when there is no such folder
 */
export async function mirrored(reference: ChartReference, mirror: string): Promise<ChartReference> {
  const chart = remoteChart(reference);
  if (!chart) return reference;
  if (!mirror.startsWith('oci://')) return { from: 'folder', path: await pathIn(mirror, chart) };
  const { version, digest } = chart;
  const path = `${mirror.replace(/\/+$/, '')}/${nameOf(chart)}`;
  return { from: 'oci', reference: path, version, ...(digest !== undefined && { digest }) };
}

async function pathIn(folder: string, chart: RemoteChart): Promise<string> {
  const name = nameOf(chart);
  const entries = await namesIn(folder);
  const [archive, versioned] = [`${name}-${chart.version}.tgz`, `${name}-${chart.version}`];
  if (entries.includes(archive)) return knownArchive(join(folder, archive), chart);
  for (const entry of [versioned, name].filter((one) => entries.includes(one))) {
    const metadata = await metadataOf(join(folder, entry));
    if (metadata?.name === name && metadata.version === chart.version) return join(folder, entry);
  }
  throw await notThere(folder, entries, chart);
}

// A folder has no digest to compare; what an archive has to be is known from its publisher.
async function knownArchive(path: string, { digest }: RemoteChart): Promise<string> {
  const found = digest === undefined ? undefined : await fileDigest(path);
  if (found === digest) return path;
  throw new PlatformError('conflict', `${path} is not the archive that its publisher has`, {
    output: `known ${digest ?? ''}\nfound ${found ?? ''}`,
    suggestions: ['get it again from its publisher', 'or unpack it there, if it was changed on purpose'],
    facts: { path, known: digest, found },
  });
}

async function notThere(folder: string, entries: readonly string[], chart: RemoteChart): Promise<PlatformError> {
  const name = nameOf(chart);
  const candidates = entries.filter((entry) => entry === name || entry.startsWith(`${name}-`));
  const found = await Promise.all(candidates.map((entry) => metadataOf(join(folder, entry))));
  const versions = [...new Set(found.flatMap((one) => (one?.name === name ? [one.version] : [])))].sort();
  const what = versions.length > 0 ? `${name} in ${versions.join(', ')} only` : `no chart ${name}`;
  return new PlatformError('conflict', `${folder} has ${what}, wanted is ${chart.version}`, {
    suggestions: [
      `put ${name}-${chart.version}.tgz there: ${pullCommand(chart)}`,
      ...versions.map((version) => `or take that one, under the release in platform.yaml: ${inFile(chart, version)}`),
    ],
    facts: { folder, chart: describeChart(chart), versions },
  });
}

function inFile(chart: RemoteChart, version: string): string {
  return chart.from === 'oci'
    ? `chart: ${chart.reference}:${version}`
    : `chart: { repository: ${chart.repository}, name: ${chart.name}, version: ${version} }`;
}

function pullCommand(chart: RemoteChart): string {
  return chart.from === 'oci'
    ? `helm pull ${chart.reference} --version ${chart.version}`
    : `helm pull ${chart.name} --repo ${chart.repository} --version ${chart.version}`;
}

/** What a chart says of itself; `undefined` of what is none. */
async function metadataOf(path: string): Promise<ChartMetadata | undefined> {
  const found = await stat(path);
  if (!found.isDirectory() && !path.endsWith('.tgz')) return undefined;
  try {
    return chartMetadata(await readChartTexts(path));
  } catch (error) {
    if (error instanceof PlatformError) return undefined;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
    throw new PlatformError('usage', `there is no folder of charts ${folder}`, {
      cause: error,
      suggestions: ['name another one: local.charts in the environment file, or --charts'],
    });
  }
}

function nameOf(chart: RemoteChart): string {
  return chart.from === 'repository' ? chart.name : chart.reference.slice(chart.reference.lastIndexOf('/') + 1);
}
