// Measures what must be fast and prints docs/performance.md's table, on a machine that does nothing else: `npm run bench`,
// or a part of it: `npm run bench -- graph no-op`.
import { cpus } from 'node:os';
import { environments } from './environment.js';
import { noOps } from './no-op.js';
import { planning } from './planning.js';
import { replica } from './replica.js';
import { releaseGraphs } from './release-graph.js';
import { markdown, type Row } from './report.js';
import { startUp } from './start-up.js';

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  'start-up': startUp,
  planning,
  graph: releaseGraphs,
  environment: environments,
  'no-op': noOps,
  replica,
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in parts));
if (unknown !== undefined) throw new Error(`there is no bench ${unknown}, only ${Object.keys(parts).join(', ')}`);
const rows: Row[] = [];
for (const [name, measured] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) rows.push(...(await measured()));
}
const machine = `${String(cpus().length)} cores, Node ${process.version}, ${process.platform}-${process.arch}`;
process.stdout.write(`${machine}\n\n${markdown(rows)}\n`);
