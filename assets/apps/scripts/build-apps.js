import { access, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const sources = fileURLToPath(new URL('../src', import.meta.url));

/**
 * One CommonJS file for each app that runs without node_modules, and its static files in `static/<app>/` beside it.
 * @param {readonly string[]} apps folders below src/
 * @param {string} target absolute path of the folder the bundles go to
 */
export async function buildApps(apps, target) {
  await build({
    entryPoints: apps.map((app) => ({ in: join(sources, app, 'main.ts'), out: app })),
    outdir: target,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // Stack traces name functions; what is saved by shorter names is not worth it.
    minifySyntax: true,
    minifyWhitespace: true,
    // pg asks for its C version only when told to, and does without.
    external: ['pg-native'],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  for (const app of apps) {
    const folder = join(sources, app, 'static');
    if (await exists(folder)) await cp(folder, join(target, 'static', app), { recursive: true });
  }
}

const exists = (path) =>
  access(path).then(
    () => true,
    () => false,
  );
