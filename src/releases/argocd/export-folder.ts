import { readdir, readFile, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PlatformError, systemCode } from '../../errors.js';
import { readJsonFile, writeFileAtomically } from '../../files.js';

/** Says that a folder was made by an export, and which files in it. */
const markerFile = '.platform-export.json';

const ownFile = z.string().refine((path) => !path.startsWith('/') && !path.split('/').includes('..'));
const marker = z.object({
  kind: z.literal('argocd'),
  environment: z.string(),
  files: z.array(ownFile),
});

/** What is in the folder of an export already. */
export interface ExportFolder {
  readonly path: string;
  readonly environment: string;
  /** Files that an earlier export made. */
  readonly own: readonly string[];
  readonly force: boolean;
}

export interface WrittenFiles {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Looks at a folder before anything is made for it: it may be new, empty, or that of an earlier export of the same
 * environment.
 * @throws PlatformError `conflict` for any other, unless forced; `usage` when it is no folder
 */
export async function openExportFolder(path: string, environment: string, force: boolean): Promise<ExportFolder> {
  const entries = (await entriesIn(path)).filter((entry) => entry !== '.git');
  const known = await readJsonFile(join(path, markerFile), marker);
  const own = known?.files ?? [];
  if (force || entries.length === 0 || known?.environment === environment) return { path, environment, own, force };
  throw new PlatformError(
    'conflict',
    known ? `${path} holds the export of ${known.environment}` : `${path} is not empty, and no export of ours`,
    { suggestions: ['choose another folder: --out DIR', '--force writes into it; other files in it stay'] },
  );
}

/**
 * Writes all files of an export and removes those of an earlier one that are no longer part of it. Files that are as
 * they should be are not touched; neither are those that no export made.
 * @throws PlatformError `conflict` when a file of somebody else's is in the way, unless forced
 */
export async function writeExport(
  { path, environment, own, force }: ExportFolder,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<WrittenFiles> {
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const [file, content] of files) {
    const present = await contentOf(join(path, file));
    if (present?.equals(Buffer.from(content))) unchanged.push(file);
    else if (present === undefined || force || own.includes(file)) written.push(file);
    else throw inTheWay(join(path, file));
  }
  const removed = own.filter((file) => !files.has(file));
  // Before the first file, so that an export that was cut short can be repeated.
  await mark(path, environment, [...own, ...files.keys()]);
  for (const file of written) await writeFileAtomically(join(path, file), files.get(file) ?? '');
  for (const file of removed) await remove(path, file);
  await mark(path, environment, [...files.keys()]);
  return { written: written.sort(), unchanged: unchanged.sort(), removed: [...removed].sort() };
}

async function entriesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    if (systemCode(error) !== 'ENOTDIR') throw error;
    throw new PlatformError('usage', `${path} is not a folder`, { cause: error });
  }
}

async function contentOf(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (['EISDIR', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw inTheWay(file);
    throw error;
  }
}

async function mark(path: string, environment: string, names: readonly string[]): Promise<void> {
  const file = join(path, markerFile);
  const text = `${JSON.stringify({ kind: 'argocd', environment, files: [...new Set(names)].sort() }, null, 2)}\n`;
  const present = await contentOf(file);
  if (present?.toString('utf8') !== text) await writeFileAtomically(file, text);
}

async function remove(path: string, file: string): Promise<void> {
  await rm(join(path, file), { force: true });
  for (let folder = dirname(file); folder !== '.'; folder = dirname(folder)) {
    const isGone = await rmdir(join(path, folder)).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

function inTheWay(file: string): PlatformError {
  return new PlatformError('conflict', `${file} is there already and was not made by an export`, {
    suggestions: ['move it away, or choose another folder', '--force overwrites files'],
  });
}
