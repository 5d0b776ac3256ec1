import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PlatformError, systemCode } from '../../errors.js';
import { readJsonFile, writeFileAtomically } from '../../files.js';
import type { StepContext } from '../../plan/step.js';
import { fileDigest } from './chart-digest.js';
import { describeChart, type RemoteChart } from './chart-reference.js';
import type { Helm } from '../helm/helm.js';

/** Archives in the cache, each by its reference and its digest, as {@link describeChart} and `sha256:…` have them. */
export interface ChartArchives {
  /** Path of the archive; one that was cut short or changed since is as good as none. */
  find(reference: string, digest: string): Promise<string | undefined>;
  /** Digest of what was pulled first: what this machine takes the reference for where nothing else says it. */
  known(reference: string): Promise<string | undefined>;
  /** Takes a reference for other bytes from now on. */
  know(reference: string, digest: string): Promise<void>;
  /** Downloads what the publisher has now, and keeps it if `accept` does not throw. */
  pull(
    chart: RemoteChart,
    accept: (digest: string) => void,
    context: StepContext,
  ): Promise<{ readonly path: string; readonly digest: string }>;
}

const recordSchema = z.object({ reference: z.string(), file: z.string(), digest: z.string() });

/** @param folder Where the archives are kept: `<reference>/<digest>/<file>`, `chart.json` beside the digests. */
export function createChartArchives(folder: string, helm: Pick<Helm, 'pull'>): ChartArchives {
  const home = (reference: string) => join(folder, createHash('sha256').update(reference).digest('hex').slice(0, 16));
  const recordOf = (reference: string) => readJsonFile(join(home(reference), 'chart.json'), recordSchema);

  async function know(reference: string, digest: string): Promise<void> {
    const [file = ''] = await filesIn(join(home(reference), hexOf(digest)));
    const record = { reference, file: join(hexOf(digest), file), digest };
    await writeFileAtomically(join(home(reference), 'chart.json'), JSON.stringify(record));
  }

  return {
    async find(reference, digest) {
      const record = await recordOf(reference);
      const inFolder = (await filesIn(join(home(reference), hexOf(digest)))).map((file) => join(hexOf(digest), file));
      const candidates = new Set([...(record?.digest === digest ? [record.file] : []), ...inFolder]);
      for (const file of candidates) {
        const path = join(home(reference), file);
        if ((await fileDigest(path).catch(() => undefined)) === digest) return path;
      }
      return undefined;
    },
    async known(reference) {
      return (await recordOf(reference))?.digest;
    },
    know,
    async pull(chart, accept, context) {
      const reference = describeChart(chart);
      context.progress({ message: `downloading ${reference}` });
      await mkdir(home(reference), { recursive: true });
      const work = await mkdtemp(join(home(reference), 'pull-'));
      try {
        await helm.pull(pullArguments(chart), work, context);
        const [file] = await readdir(work);
        if (!file) throw new PlatformError('tool', `helm pull of ${reference} left no archive`);
        const digest = await fileDigest(join(work, file));
        accept(digest);
        const kept = join(home(reference), hexOf(digest));
        await mkdir(kept, { recursive: true });
        await rename(join(work, file), join(kept, file));
        if ((await recordOf(reference)) === undefined) await know(reference, digest);
        return { path: join(kept, file), digest };
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

function pullArguments(chart: RemoteChart): string[] {
  return chart.from === 'repository'
    ? [chart.name, '--repo', chart.repository, '--version', chart.version]
    : [chart.reference, '--version', chart.version];
}

function hexOf(digest: string): string {
  return digest.slice('sha256:'.length);
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
