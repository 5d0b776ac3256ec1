import { readJournal } from '../src/plan/journal.js';
import { measure, repeated } from './process.js';
import type { Row } from './report.js';
import { scheduleQuality } from './schedule.js';
import { inWorld, upResult } from './world.js';

const runs = 7;
const file = 'apiVersion: platform/v1alpha1\nkind: Environment\nname: bench\nblueprint: microservices\n';

/** `up` of the default blueprint and `status` on the embedded provider, and what the scheduler made of that `up`. */
export function environments(): Promise<Row[]> {
  return inWorld(file, async ({ platform }) => {
    const { command, options } = platform('up', '--local', '--json');
    const cold = await measure(command, options);
    const { summary } = upResult(cold.stdout);
    const path = summary.criticalPath.reduce((sum, step) => sum + step.durationMs, 0);
    const status = await repeated(runs, platform('status').command, options);
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
      ...(await scheduleQuality(await readJournal(summary.journal))),
    ];
  });
}
