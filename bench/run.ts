// Measures what must be fast and prints docs/performance.md's table: `npm run bench`, on a machine that does nothing else.
import { cpus } from 'node:os';
import { environments } from './environment.js';
import { planning } from './planning.js';
import { markdown } from './report.js';
import { startUp } from './start-up.js';

const rows = [...(await startUp()), ...(await planning()), ...(await environments())];
const machine = `${String(cpus().length)} cores, Node ${process.version}, ${process.platform}-${process.arch}`;
process.stdout.write(`${machine}\n\n${markdown(rows)}\n`);
