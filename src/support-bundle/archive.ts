import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import type { Processes } from '../process.js';
import type { Entry } from './part.js';
import type { Scrubber } from './scrub.js';

export interface Archive {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes the entries, every one of them scrubbed, as `<folder>/<name>.tar.gz`, which only this user can read; they lie
 * in a folder `<name>` within it. The whole archive is there or nothing.
 */
export async function writeArchive(
  { folder, name }: { readonly folder: string; readonly name: string },
  entries: readonly Entry[],
  scrubber: Scrubber,
  processes: Processes,
): Promise<Archive> {
  await mkdir(folder, { recursive: true });
  // Beside its destination, so that it can be moved there in one step; mkdtemp lets only this user in.
  const work = await mkdtemp(join(folder, `.${name}-`));
  try {
    for (const entry of entries) {
      const file = join(work, name, entry.path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, scrubbed(entry, scrubber));
    }
    const archive = join(work, 'bundle.tar.gz');
    // Without the variable, tar on macOS adds files of its own.
    await processes.run('tar', ['-czf', archive, '-C', work, name], { env: { COPYFILE_DISABLE: '1' } });
    await chmod(archive, 0o600);
    const path = join(folder, `${name}.tar.gz`);
    const { size } = await stat(archive);
    await rename(archive, path);
    return { path, bytes: size };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function scrubbed({ path, content }: Entry, scrubber: Scrubber): string {
  if (typeof content === 'string')
    return path.endsWith('.jsonl') ? scrubber.jsonLines(content) : scrubber.text(content);
  const tree = scrubber.tree(content);
  return path.endsWith('.yaml') ? stringify(tree) : `${JSON.stringify(tree, null, 2)}\n`;
}
