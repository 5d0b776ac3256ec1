import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Release } from '../../environment/environment.js';
import { PlatformError, systemCode } from '../../errors.js';
import { readJsonFile, writeFileAtomically } from '../../files.js';
import type { Network } from '../../network.js';
import type { StepContext } from '../../plan/step.js';
import { createChartArchives } from './chart-archives.js';
import { fileDigest, folderDigest } from './chart-digest.js';
import { mirrored } from './chart-mirror.js';
import { describeChart, hostOf, remoteChart, type RemoteChart } from './chart-reference.js';
import { changedFolder, otherArchive, type Expected } from './chart-refusal.js';
import type { Helm } from '../helm/helm.js';
import { writeStandInChart } from './stand-in.js';

export { describeChart, hostOf } from './chart-reference.js';

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
   * @throws PlatformError `prerequisite` when its host does not answer and no stand-in is allowed, `conflict` when
   * what there is now is not what was locked, `tool` when it is not what the catalogue or the first download had.
   */
  fetch(release: Release, context: StepContext): Promise<Chart>;
  /** What the publisher has now, even where it is not what was pulled before; the catalogue's digest must hold. */
  refetch(release: Release, context: StepContext): Promise<Chart>;
  /** Path of an archive that was pulled before, by its reference and digest. */
  archived(reference: string, digest: string): Promise<string | undefined>;
}

export interface ChartsOptions {
  /** The cache's folder for charts. */
  readonly folder: string;
  readonly helm: Pick<Helm, 'pull'>;
  readonly network: Pick<Network, 'reachable'>;
  readonly clock: Clock;
  /** Only where the whole cluster is a simulation. */
  readonly standInsAllowed: boolean;
  /** Where public charts come from instead: an absolute path of a folder, or an `oci://` URL. */
  readonly mirror?: string | undefined;
  /** Digests that a lock file holds, by the words of {@link describeChart}; nothing else is taken for these charts. */
  readonly locked?: ReadonlyMap<string, string>;
}

const standInRecord = z.object({ at: z.number(), reason: z.string() });
/** How long a stand-in is used before the real chart is asked for again. */
const standInMs = 15 * 60_000;

/** Charts shipped with the product, in the user's folders, and downloaded into the cache. */
export function createCharts(options: ChartsOptions): Charts {
  const { folder, network, clock, standInsAllowed, mirror, locked = new Map<string, string>() } = options;
  const archives = createChartArchives(join(folder, 'pulled'), options.helm);
  const pulling = new Map<string, Promise<Chart>>();

  return {
    async find(wanted) {
      const release = await fromMirror(wanted).catch(unlessMissing);
      if (!release) return undefined;
      const chart = remoteChart(release.chart);
      if (!chart) return local(release, wanted);
      return (await findArchive(chart, wanted)) ?? (await findStandIn(release, chart));
    },
    async fetch(wanted, context) {
      const release = await fromMirror(wanted);
      const chart = remoteChart(release.chart);
      if (!chart) return local(release, wanted);
      const found = await findArchive(chart, wanted);
      if (found) return found;
      const silence = await silenceOf(chart, context);
      if (silence === undefined) {
        const expected = await expectedOf(chart, wanted);
        return once(chart, () => pull(release, chart, expected, context));
      }
      if (!standInsAllowed || !release.catalogue) throw undeliverable(release, chart, silence);
      const record = { at: clock.now(), reason: silence };
      await writeFileAtomically(standInFile(chart), JSON.stringify(record));
      return standIn(release);
    },
    async refetch(wanted, context) {
      const release = await fromMirror(wanted);
      const chart = remoteChart(release.chart);
      if (!chart) return local(release, wanted);
      const silence = await silenceOf(chart, context);
      if (silence !== undefined) throw undeliverable(release, chart, silence);
      return once(chart, async () => {
        const pulled = await pull(release, chart, pinnedBy(chart), context);
        await archives.know(describeChart(chart), pulled.digest);
        return pulled;
      });
    },
    archived: (reference, digest) => archives.find(reference, digest),
  };

  async function fromMirror(release: Release): Promise<Release> {
    return mirror === undefined ? release : { ...release, chart: await mirrored(release.chart, mirror) };
  }

  async function local({ name, chart }: Release, { chart: wanted }: Release): Promise<Chart> {
    const path = 'path' in chart ? chart.path : '';
    try {
      const isMirrored = chart !== wanted;
      const isArchive = isMirrored && path.endsWith('.tgz');
      const digest = await (isArchive ? fileDigest(path) : folderDigest(path));
      // An unpacked chart of a mirror has no digest that could be compared with that of its archive.
      const known = isArchive || !isMirrored ? locked.get(describeChart(wanted)) : undefined;
      if (known !== undefined && known !== digest) throw changedFolder(name, path, known, digest);
      return { path, digest, standIn: false };
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
      throw new PlatformError('usage', `there is no chart folder ${path}`, { cause: error });
    }
  }

  async function findArchive(chart: RemoteChart, wanted: Release): Promise<Chart | undefined> {
    const digest = (await expectedOf(chart, wanted))?.digest;
    const path = digest === undefined ? undefined : await archives.find(describeChart(chart), digest);
    return digest !== undefined && path !== undefined ? { path, digest, standIn: false } : undefined;
  }

  /** What says which bytes the chart has to be: the lock, else the catalogue, else the first download. */
  async function expectedOf(chart: RemoteChart, wanted: Release): Promise<Expected | undefined> {
    // The lock has the words of its publisher, wherever it comes from now.
    const digest = locked.get(describeChart(wanted.chart));
    if (digest !== undefined) return { by: 'lock', digest };
    const known = pinnedBy(chart);
    if (known) return known;
    const first = await archives.known(describeChart(chart));
    return first === undefined ? undefined : { by: 'first download', digest: first };
  }

  async function pull(
    release: Release,
    chart: RemoteChart,
    expected: Expected | undefined,
    context: StepContext,
  ): Promise<Chart> {
    const accept = (found: string) => {
      if (expected && expected.digest !== found) throw otherArchive(release.name, chart, expected, found);
    };
    return { ...(await archives.pull(chart, accept, context)), standIn: false };
  }

  // Several releases may be of one chart.
  function once(chart: RemoteChart, get: () => Promise<Chart>): Promise<Chart> {
    const reference = describeChart(chart);
    const running = pulling.get(reference) ?? get().finally(() => pulling.delete(reference));
    pulling.set(reference, running);
    return running;
  }

  /** Why the chart's host cannot be asked; `undefined` when it answers. */
  async function silenceOf(chart: RemoteChart, context: StepContext): Promise<string | undefined> {
    const host = hostOf(chart);
    context.progress({ message: `asking ${new URL(host).host}` });
    const answer = await network.reachable(host, context.signal);
    return answer.reachable ? undefined : answer.reason;
  }

  async function findStandIn(release: Release, chart: RemoteChart): Promise<Chart | undefined> {
    if (!standInsAllowed || !release.catalogue) return undefined;
    const record = await readJsonFile(standInFile(chart), standInRecord);
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

  function standInFile(chart: RemoteChart): string {
    const key = createHash('sha256').update(describeChart(chart)).digest('hex').slice(0, 16);
    return join(folder, 'pulled', key, 'stand-in.json');
  }
}

// Whoever only looks is not told that the mirror lacks a chart; whoever gets it is.
function unlessMissing(error: unknown): undefined {
  if (!(error instanceof PlatformError && ['conflict', 'usage'].includes(error.code))) throw error;
}

function pinnedBy({ digest }: RemoteChart): Expected | undefined {
  return digest === undefined ? undefined : { by: 'catalogue', digest };
}

function undeliverable(release: Release, chart: RemoteChart, reason: string): PlatformError {
  return new PlatformError('prerequisite', `the chart of ${release.name} cannot be downloaded: ${reason}`, {
    suggestions: [`check that ${hostOf(chart)} can be reached from here (proxies: HTTPS_PROXY, NO_PROXY)`],
    facts: { release: release.name, chart: describeChart(chart) },
  });
}
