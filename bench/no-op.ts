import { helmfileRows } from './helmfile.js';
import { measure, repeated } from './process.js';
import type { Row } from './report.js';
import { inWorld, upResult } from './world.js';

const runs = 7;
const head = 'apiVersion: platform/v1alpha1\nkind: Environment\nname: bench\ndomain: bench.localhost\nreleases:\n';

/** `up` where everything is as it should be, and helmfile on the same cluster with the same charts and values. */
export async function noOps(counts = [25, 100]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) rows.push(...(await noOp(count)));
  return rows;
}

function noOp(count: number): Promise<Row[]> {
  const releases = Array.from(
    { length: count },
    (_, index) =>
      `  service-${String(index)}: { chart: service, namespace: apps, values: { image: { repository: example.org/app, tag: v1 } } }`,
  );
  return inWorld(`${head}${releases.join('\n')}\n`, async (world) => {
    const up = world.platform('up', '--local', '--json');
    await measure(up.command, up.options);
    const again = await repeated(runs, up.command, up.options);
    const { requests, summary } = upResult(again.last.stdout);
    if (summary.counts.done > 0) throw new Error('the second up did something');
    return [
      {
        what: `\`up\` with nothing to do, ${String(count)} releases`,
        value: `${again.median.toFixed(0)} ms, ${String(requests + 1)} requests`,
        bar: '< 1 s, ≤ 10 (25 releases)',
        note: `${again.range}; ${again.peakMiB.toFixed(0)} MiB`,
      },
      ...(await helmfileRows(world, again.median)),
    ];
  });
}
