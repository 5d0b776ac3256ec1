import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { ChartReference, Release } from '../environment/environment.js';
import { PlatformError, systemCode } from '../errors.js';
import { readJsonFile, writeFileAtomically } from '../files.js';
import type { Network } from '../network.js';
import type { StepContext } from '../plan/step.js';
import { fileDigest, folderDigest } from './chart-digest.js';
import type { Helm } from './helm.js';
import { writeStandInChart } from './stand-in.js';

/** A chart on disk, ready to be installed. */
export interface Chart {
  readonly path: string;
  /** `sha256:…` of the archive, or of the folder's contents. */
  readonly digest: string;
  /** Generated from what the catalogue knows, because the real one could not be had. */
  readonly standIn: boolean;
}

export interface Charts {
  /** The chart if it is here already; never asks the network. */
  find(release: Release): Promise<Chart | undefined>;
  /**
   * Gets the chart, once per version.
   * @throws PlatformError `prerequisite` when its host does not answer and no stand-in is allowed
   */
  fetch(release: Release, context: StepContext): Promise<Chart>;
}

export interface ChartsOptions {
  /** The cache's folder for charts. */
  readonly folder: string;
  readonly helm: Pick<Helm, 'pull'>;
  readonly network: Pick<Network, 'reachable'>;
  readonly clock: Clock;
  /** Only where the whole cluster is a simulation. */
  readonly standInsAllowed: boolean;
}

const archiveRecord = z.object({ reference: z.string(), file: z.string(), digest: z.string() });
const standInRecord = z.object({ at: z.number(), reason: z.string() });
/** How long a stand-in is used before the real chart is asked for again. */
const standInMs = 15 * 60_000;

/** Charts shipped with the product, in the user's folders, and downloaded into the cache. */
export function createCharts({ folder, helm, network, clock, standInsAllowed }: ChartsOptions): Charts {
  return {
    async find(release) {
      const { chart } = release;
      if (chart.from === 'bundled' || chart.from === 'folder') return local(chart.path);
      return (await findArchive(chart)) ?? (await findStandIn(release, chart));
    },
    async fetch(release, context) {
      const { chart } = release;
      if (chart.from === 'bundled' || chart.from === 'folder') return local(chart.path);
      const host = hostOf(chart);
      context.progress({ message: `asking ${new URL(host).host}` });
      const answer = await network.reachable(host, context.signal);
      if (answer.reachable) return pull(chart, context);
      if (standInsAllowed && release.catalogue) {
        const record = { at: clock.now(), reason: answer.reason };
        await writeFileAtomically(join(home(chart), 'stand-in.json'), JSON.stringify(record));
        return standIn(release);
      }
      throw new PlatformError('prerequisite', `the chart of ${release.name} cannot be downloaded: ${answer.reason}`, {
        suggestions: [`check that ${host} can be reached from here (proxies: HTTPS_PROXY, NO_PROXY)`],
        facts: { release: release.name, chart: describeChart(chart) },
      });
    },
  };

  async function local(path: string): Promise<Chart> {
    try {
      return { path, digest: await folderDigest(path), standIn: false };
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
      throw new PlatformError('usage', `there is no chart folder ${path}`, { cause: error });
    }
  }

  async function findArchive(chart: RemoteChart): Promise<Chart | undefined> {
    const record = await readJsonFile(join(home(chart), 'chart.json'), archiveRecord);
    if (!record) return undefined;
    const path = join(home(chart), record.file);
    // A file that was cut short or changed since is as good as none.
    const digest = await fileDigest(path).catch(() => undefined);
    return digest === record.digest ? { path, digest, standIn: false } : undefined;
  }

  async function pull(chart: RemoteChart, context: StepContext): Promise<Chart> {
    context.progress({ message: `downloading ${describeChart(chart)}` });
    await mkdir(home(chart), { recursive: true });
    const work = await mkdtemp(join(home(chart), 'pull-'));
    try {
      await helm.pull(pullArguments(chart), work, context);
      const [file] = await readdir(work);
      if (!file) throw new PlatformError('tool', `helm pull of ${describeChart(chart)} left no archive`);
      const path = join(home(chart), file);
      const digest = await fileDigest(join(work, file));
      const known = await readJsonFile(join(home(chart), 'chart.json'), archiveRecord);
      if (known && known.digest !== digest) throw changedArchive(chart, known.digest, digest);
      await rename(join(work, file), path);
      const record = { reference: describeChart(chart), file, digest };
      await writeFileAtomically(join(home(chart), 'chart.json'), JSON.stringify(record));
      return { path, digest, standIn: false };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async function findStandIn(release: Release, chart: RemoteChart): Promise<Chart | undefined> {
    if (!standInsAllowed || !release.catalogue) return undefined;
    const record = await readJsonFile(join(home(chart), 'stand-in.json'), standInRecord);
    return record && clock.now() - record.at < standInMs ? standIn(release) : undefined;
  }

  async function standIn({ name, catalogue }: Release): Promise<Chart> {
    if (!catalogue) throw new PlatformError('unexpected', `${name} has no catalogue entry to stand in for it`);
    const parent = join(folder, 'stand-ins');
    await mkdir(parent, { recursive: true });
    const work = await mkdtemp(join(parent, 'new-'));
    try {
      await writeStandInChart(name, catalogue, work);
      const digest = await folderDigest(work);
      const path = join(parent, `${name}-${digest.slice('sha256:'.length, 'sha256:'.length + 16)}`);
      await rename(work, path).catch((error: unknown) => {
        // The same stand-in is there already: its name holds its digest.
        if (!['EEXIST', 'ENOTEMPTY'].includes(systemCode(error) ?? '')) throw error;
      });
      return { path, digest, standIn: true };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  function home(chart: RemoteChart): string {
    const key = createHash('sha256').update(describeChart(chart)).digest('hex').slice(0, 16);
    return join(folder, 'pulled', key);
  }
}

type RemoteChart = Extract<ChartReference, { from: 'repository' | 'oci' }>;

/** A chart as a person would name it: `oci://quay.io/jetstack/charts/cert-manager v1.21.1`. */
export function describeChart(chart: ChartReference): string {
  switch (chart.from) {
    case 'bundled':
      return chart.name;
    case 'folder':
      return chart.path;
    case 'repository':
      return `${chart.repository.replace(/\/$/, '')}/${chart.name} ${chart.version}`;
    case 'oci':
      return `${chart.reference} ${chart.version}`;
  }
}

/** A URL on the host that a chart is downloaded from. */
export function hostOf(chart: RemoteChart): string {
  return chart.from === 'repository' ? chart.repository : `https://${new URL(chart.reference).host}/v2/`;
}

function pullArguments(chart: RemoteChart): string[] {
  return chart.from === 'repository'
    ? [chart.name, '--repo', chart.repository, '--version', chart.version]
    : [chart.reference, '--version', chart.version];
}

function changedArchive(chart: RemoteChart, known: string, found: string): PlatformError {
  return new PlatformError('tool', `the archive of ${describeChart(chart)} is not the one it was`, {
    suggestions: ['find out why its publisher changed it; to accept it, raise the version'],
    facts: { known, found, reference: dirname(describeChart(chart)) },
  });
}
