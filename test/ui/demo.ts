/**
 * Plays a run of 60 steps in real time, to be looked at: `npx tsx test/ui/demo.ts [--output ndjson] [--interrupt] [--verbose] [--speed 2]`.
 */
import { parseArgs } from 'node:util';
import { createRenderer } from '../../src/ui/renderer.js';
import { createStyle, isUnicode } from '../../src/ui/style.js';
import { summaryText } from '../../src/ui/summary.js';
import { recordedRun } from './recorded-run.js';

const { values } = parseArgs({
  options: {
    output: { type: 'string', default: 'text' },
    interrupt: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    speed: { type: 'string', default: '1' },
  },
});
const { stdout, stderr } = process;
const color = stderr.isTTY && !process.env['NO_COLOR'];
const unicode = isUnicode(process.env);
const output = values.output === 'ndjson' || values.output === 'json' ? values.output : 'text';
const renderer = createRenderer({
  output,
  stdout,
  stderr,
  isTerminal: stderr.isTTY,
  color,
  unicode,
  verbose: values.verbose,
});

const started = Date.now();
const speed = Number(values.speed);
for (const event of recordedRun({ start: started, ...(values.interrupt && { interruptedAt: 12_500 }) })) {
  const wait = (event.at - started) / speed - (Date.now() - started);
  if (wait > 5) await new Promise((resolve) => setTimeout(resolve, wait));
  renderer.event({ ...event, at: Date.now() });
  if (event.type === 'run-finished') {
    await renderer.close();
    const summary = summaryText(event.summary, {
      style: createStyle({ color, unicode }),
      columns: stderr.columns || 80,
    });
    if (output === 'text') stderr.write(`\n${summary}\n`);
  }
}
