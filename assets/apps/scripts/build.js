// Bundles the named apps, or all: `node scripts/build.js [--to <folder>] [app …]`.
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildApps } from './build-apps.js';

const { values, positionals } = parseArgs({ options: { to: { type: 'string' } }, allowPositionals: true });
const folders = await readdir(new URL('../src', import.meta.url));
const apps = folders.filter((name) => name !== 'kit').sort();
const unknown = positionals.find((name) => !apps.includes(name));
if (unknown !== undefined) {
  console.error(`there is no app "${unknown}"; there are ${apps.join(', ')}`);
  process.exit(2);
}
await buildApps(positionals.length > 0 ? positionals : apps, resolve(values.to ?? 'dist'));
