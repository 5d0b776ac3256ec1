import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PlatformError, systemCode } from '../../errors.js';

/** Files of a chart by their path in it. */
export type ChartTexts = ReadonlyMap<string, string>;

/** What Helm allows a chart to unpack to, in bytes. */
const unpackedLimit = 100 * 1024 ** 2;

const told = /^(charts\/[^/]+\/)*(Chart\.yaml|values\.yaml|values\.schema\.json|requirements\.yaml)$/;
const packedSubchart = /^(charts\/[^/]+\/)*charts\/[^/]+\.tgz$/;

/**
 * What a chart says about itself and its values, from a folder or an archive: `Chart.yaml`, `values.yaml`,
 * `values.schema.json` and `requirements.yaml` by their path in the chart, those of its subcharts below
 * `charts/<folder>/`, packed ones included.
 * @throws PlatformError `usage` when there is no chart at the path, `tool` when its archive is broken
 */
export async function readChartTexts(path: string): Promise<ChartTexts> {
  const files = (await isFolder(path)) ? await fromFolder(path) : await fromArchive(await readFile(path), path);
  if (!files.has('Chart.yaml')) throw new PlatformError('usage', `${path} is not a chart: it has no Chart.yaml`);
  return files;
}

/** Paths of all files below a folder, sorted, with `/` between their parts; through links, as Helm reads a chart. */
export async function filesBelow(folder: string, parent = ''): Promise<string[]> {
  const entries = await readdir(join(folder, parent), { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      const found = entry.isSymbolicLink() ? await stat(join(folder, path)).catch(() => entry) : entry;
      if (found.isDirectory()) return filesBelow(folder, path);
      return found.isFile() ? [path] : [];
    }),
  );
  return lists.flat().sort();
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new PlatformError('usage', `there is no chart ${path}`, { cause: error });
  }
}

async function fromFolder(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of await filesBelow(folder)) {
    await take(files, path, () => readFile(join(folder, path)), folder);
  }
  return files;
}

async function fromArchive(archive: Buffer, name: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const [path, content] of await entriesOf(archive, name)) {
    // Everything in a chart archive lies in one folder.
    await take(files, path.slice(path.indexOf('/') + 1), () => Promise.resolve(content), name);
  }
  return files;
}

async function take(
  files: Map<string, string>,
  path: string,
  read: () => Promise<Buffer>,
  chart: string,
): Promise<void> {
  if (told.test(path)) files.set(path, (await read()).toString('utf8').replace(/^\uFEFF/, ''));
  if (!packedSubchart.test(path)) return;
  for (const [inner, content] of await fromArchive(await read(), `${chart}: ${path}`)) {
    files.set(`${path.replace(/\.tgz$/, '')}/${inner}`, content);
  }
}

/** Path and content of each file in a packed archive. */
async function entriesOf(archive: Buffer, name: string): Promise<[string, Buffer][]> {
  // Its names are not to be had one by one where the program is bundled in parts.
  const {
    default: { extract },
  } = await import('tar-stream');
  try {
    const unpacked = gunzipSync(archive, { maxOutputLength: unpackedLimit });
    const reader = extract();
    reader.end(unpacked);
    const entries: [string, Buffer][] = [];
    for await (const entry of reader) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (entry.header.type === 'file') entries.push([entry.header.name.replace(/^\.\//, ''), Buffer.concat(chunks)]);
    }
    return entries;
  } catch (error) {
    throw new PlatformError('tool', `${name} cannot be read as a chart archive`, { cause: error });
  }
}
