import { createHash, randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { samplePng } from './sample.js';

export const sampleName = 'sample';

export interface Picture {
  readonly bytes: Buffer;
  /** Changes when the bytes do. */
  readonly etag: string;
}

/** Pictures as files of one folder, which several instances may share. */
export interface Uploads {
  /** Readers see the picture there was or the new one, never half of one. */
  write(name: string, bytes: Buffer): Promise<void>;
  read(name: string): Promise<Picture | undefined>;
  /** Rejects when the folder cannot be written to. */
  check(): Promise<void>;
}

// Older than any upload that is still under way.
const abandonedMs = 60 * 60_000;

/** Makes the folder and the sample picture if they are missing, and removes what a crash left half written. */
export async function openUploads(folder: string): Promise<Uploads> {
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder);
  const fileOf = (name: string) => join(folder, `${name}.png`);

  async function write(name: string, bytes: Buffer): Promise<void> {
    const temporary = join(folder, `.${name}.${randomUUID()}.partial`);
    try {
      const file = await open(temporary, 'wx', 0o644);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, fileOf(name));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async function read(name: string): Promise<Picture | undefined> {
    try {
      const bytes = await readFile(fileOf(name));
      return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  if ((await read(sampleName)) === undefined) await write(sampleName, samplePng());
  return { write, read, check: () => access(folder, constants.W_OK) };
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.partial')) continue;
    const file = join(folder, name);
    const age = await stat(file)
      .then(({ mtimeMs }) => Date.now() - mtimeMs)
      .catch(() => 0);
    if (age > abandonedMs) await rm(file, { force: true });
  }
}
