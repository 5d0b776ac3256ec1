import { asset } from '../src/paths.js';
import { repeated } from './process.js';
import type { Row } from './report.js';

const runs = 15;

/** What it costs to ask the program anything at all, against an empty Node. */
export async function startUp(): Promise<Row[]> {
  const node = await repeated(runs, [process.execPath, '-e', '0']);
  const rows: Row[] = [{ what: '`node -e 0`', value: ms(node.median), bar: '–', note: node.range }];
  for (const flag of ['--version', '--help']) {
    const program = await repeated(runs, [process.execPath, asset('bin/run.js'), flag]);
    const launcher = await repeated(runs, [asset('bin/platform'), flag]);
    const factor = program.median / node.median;
    rows.push(
      {
        what: `\`bin/run.js ${flag}\``,
        value: `${ms(program.median)}, ${factor.toFixed(2)} × \`node -e 0\``,
        bar: '≤ 2.5 ×',
        note: program.range,
      },
      {
        what: `\`bin/platform ${flag}\`, nothing stale`,
        value: `${ms(launcher.median)}, ${(launcher.median - program.median).toFixed(0)} ms more`,
        bar: '≤ 30 ms more',
        note: launcher.range,
      },
    );
  }
  return rows;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
