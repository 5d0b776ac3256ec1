// Writes assets/dashboards: `npm run dashboards`.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dashboards, textOf } from './all.js';

const folder = new URL('../../assets/dashboards/', import.meta.url);

await mkdir(folder, { recursive: true });
for (const [name, dashboard] of Object.entries(dashboards)) {
  await writeFile(new URL(`${name}.json`, folder), textOf(dashboard));
}
for (const file of await readdir(folder)) {
  if (!(file.replace(/\.json$/, '') in dashboards)) await rm(new URL(file, folder));
}
console.log(`${String(Object.keys(dashboards).length)} dashboards in ${fileURLToPath(folder)}`);
