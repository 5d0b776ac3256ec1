#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import * as module from 'node:module';

// Node 22 and later; nothing on Node 20.
module.enableCompileCache?.();

const [first, ...rest] = process.argv.slice(2);
const alone = rest.length === 0;

// What is asked most often, and by scripts, is answered before anything is loaded.
if (alone && (first === '--version' || first === '-V')) {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`platform/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else if (first === undefined || (alone && (first === '--help' || first === '-h'))) {
  process.stdout.write(await readFile(new URL('../dist/help.txt', import.meta.url), 'utf8'));
} else {
  const { main } = await import('../dist/main.js');
  await main(import.meta.url);
}
