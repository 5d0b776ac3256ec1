#!/usr/bin/env node
// Runs the sources as they are, without a build: `bin/dev.js plan --local`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { flush, handle, run } from '@oclif/core';
import { register } from 'tsx/esm/api';

register();

const root = fileURLToPath(new URL('..', import.meta.url));
const pjson = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
pjson.oclif.commands.target = './src/commands';
pjson.oclif.hooks.command_not_found = './src/command-not-found.ts';

try {
  await run(process.argv.slice(2), { root, pjson, ignoreManifest: true });
  await flush();
} catch (error) {
  await handle(error);
}
