// Builds dist/: one bundle with an entry per command, so that a command loads only what it uses, and loads it fast.
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildApps } from '../assets/apps/scripts/build-apps.js';

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);

const commands = (await readdir('src/commands', { recursive: true })).filter((file) => file.endsWith('.ts'));
const target = `dist.${process.pid}`;
await build({
  entryPoints: ['src/main.ts', 'src/command-not-found.ts', ...commands.map((file) => join('src/commands', file))],
  outbase: 'src',
  outdir: target,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  chunkNames: 'chunks/[hash]',
  minifySyntax: true,
  minifyWhitespace: true,
  // oclif finds plugins and its own files by path; the others are CommonJS, whose names a split bundle would hide.
  external: ['@oclif/core', '@oclif/plugin-*', 'undici', 'tar-stream', 'reflect-metadata', '@peculiar/*'],
  // Bundled CommonJS packages call require().
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
// Those that also run on this machine, beside the control plane of a rehearsal.
await buildApps(['inbox', 'reaper'], resolve(target, 'apps'));
await rm('dist', { recursive: true, force: true });
await rename(target, 'dist');

// The manifest spares oclif loading every command; the help text is shown without loading oclif at all.
await rm('oclif.manifest.json', { force: true });
const { Config, Help } = await import('@oclif/core');
const { generateManifest } = await import('../dist/main.js');
await writeFile('oclif.manifest.json', `${JSON.stringify(await generateManifest(root), null, 1)}\n`);
const config = await Config.load({ root });
const lines = [];
const help = new Help(config, { stripAnsi: true });
help.log = (...words) => lines.push(words.join(' '));
await help.showHelp([]);
await mkdir('dist', { recursive: true });
await writeFile('dist/help.txt', `${lines.join('\n').trimEnd()}\n`);
await writeFile('dist/.built', '');
