import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** SHA-256 over a chart folder: its sorted file names and contents. Two equal folders have equal digests anywhere. */
export async function folderDigest(folder: string): Promise<string> {
  const files = (await filesIn(folder)).sort();
  const contents = await Promise.all(files.map((file) => readFile(file)));
  const hash = createHash('sha256');
  files.forEach((file, index) => {
    const content = contents[index] ?? Buffer.alloc(0);
    hash.update(`${relative(folder, file).split(sep).join('/')}\0${String(content.length)}\0`).update(content);
  });
  return `sha256:${hash.digest('hex')}`;
}

// Through links, as Helm reads a chart; one that leads nowhere is its business.
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const found = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
      if (found.isDirectory()) return filesIn(path);
      return found.isFile() ? [path] : [];
    }),
  );
  return lists.flat();
}

/** SHA-256 of a file. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return `sha256:${hash.digest('hex')}`;
}
