import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { asset } from '../src/paths.js';
import type { UpResult } from '../src/usecases/up.js';
import { measure, repeated } from './process.js';
import type { Row } from './report.js';

const runs = 7;
const manyReleases = 25;

/** `up` and `status` on the embedded provider with the tools in the user's cache. */
export async function environments(): Promise<Row[]> {
  return [...(await defaultBlueprint()), ...(await manyServices())];
}

async function defaultBlueprint(): Promise<Row[]> {
  return inWorld(
    'apiVersion: platform/v1alpha1\nkind: Environment\nname: bench\nblueprint: microservices\n',
    async (run) => {
      const cold = await measure(run('up', '--local', '--json').command, run().options);
      const { summary } = resultOf(cold.stdout);
      const path = summary.criticalPath.reduce((sum, step) => sum + step.durationMs, 0);
      const status = await repeated(runs, run('status').command, run().options);
      return [
        {
          what: '`up`, default blueprint, tools cached, no cluster',
          value: `${(summary.durationMs / 1000).toFixed(1)} s, ${(summary.durationMs / path).toFixed(2)} × its critical path`,
          bar: '≤ 1.15 ×',
          note: `${(cold.wallMs / 1000).toFixed(1)} s as a whole process`,
        },
        {
          what: 'memory of the CLI in that `up`',
          value: `${cold.peakMiB.toFixed(0)} MiB`,
          bar: '< 250 MB',
          note: 'peak resident set',
        },
        { what: '`status`', value: `${status.median.toFixed(0)} ms`, bar: '< 1 s', note: status.range },
      ];
    },
  );
}

async function manyServices(): Promise<Row[]> {
  const releases = Array.from(
    { length: manyReleases },
    (_, index) =>
      `  service-${String(index)}: { chart: service, namespace: apps, values: { image: { repository: example.org/app, tag: v1 } } }`,
  );
  const head = 'apiVersion: platform/v1alpha1\nkind: Environment\nname: bench\ndomain: bench.localhost\nreleases:\n';
  return inWorld(`${head}${releases.join('\n')}\n`, async (run) => {
    await measure(run('up', '--local').command, run().options);
    const again = await repeated(runs, run('up', '--local', '--json').command, run().options);
    const { requests, summary } = resultOf(again.last.stdout);
    if (summary.counts.done > 0) throw new Error('the second up did something');
    return [
      {
        what: `\`up\` with nothing to do, ${String(manyReleases)} releases`,
        value: `${again.median.toFixed(0)} ms, ${String(requests + 1)} requests`,
        bar: '< 1 s, ≤ 10',
        note: `${again.range}; ${again.peakMiB.toFixed(0)} MiB`,
      },
    ];
  });
}

type Run = (...args: string[]) => {
  readonly command: readonly string[];
  readonly options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
};

/** A home of its own for one environment, which is destroyed again; the caches are the user's. */
async function inWorld(file: string, work: (run: Run) => Promise<Row[]>): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-bench-'));
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const env = {
    ...process.env,
    HOME: folder,
    XDG_CACHE_HOME: cache,
    XDG_STATE_HOME: join(folder, 'state'),
    KUBECONFIG: join(folder, 'kubeconfig'),
  };
  const run: Run = (...args) => ({
    command: [process.execPath, asset('bin/run.js'), ...args],
    options: { cwd: folder, env },
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'platform.yaml'), file);
  try {
    return await work(run);
  } finally {
    await measure(run('destroy', '--confirm', 'bench').command, run().options);
    await rm(folder, { recursive: true, force: true });
  }
}

function resultOf(stdout: string): UpResult {
  return (JSON.parse(stdout) as { result: UpResult }).result;
}
