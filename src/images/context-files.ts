import type { Dirent } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, systemCode } from '../errors.js';
import type { IgnoredFiles } from './ignored-files.js';

/** Something in a build context, by its path in it, with `/`. */
export type ContextEntry =
  | { readonly kind: 'file'; readonly path: string; readonly isExecutable: boolean; readonly bytes: number }
  | { readonly kind: 'folder' | 'pipe or device'; readonly path: string }
  /** Sent as it is, wherever it leads; engines do not follow it either. */
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

/**
 * Everything that a container engine is sent of a build context, sorted by path. Sockets are left out, as engines do it.
 * @param owner What the errors name: `images.auth.context`
 * @throws PlatformError `usage` for what cannot be read
 */
export async function contextEntries(context: string, ignored: IgnoredFiles, owner: string): Promise<ContextEntry[]> {
  const found: ContextEntry[] = [];
  const visit = async (folder: string): Promise<void> => {
    const entries = await readable(context, folder, owner, (path) => readdir(path, { withFileTypes: true }));
    await Promise.all(
      entries.map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (!ignored.ignores(path)) found.push(...(await entryOf(entry, path)));
        if (entry.isDirectory() && !ignored.ignoresAllBelow(path)) await visit(path);
      }),
    );
  };

  async function entryOf(entry: Dirent, path: string): Promise<ContextEntry[]> {
    if (entry.isDirectory()) return [{ kind: 'folder', path }];
    if (entry.isSymbolicLink()) {
      return [{ kind: 'link', path, target: await readable(context, path, owner, (file) => readlink(file)) }];
    }
    if (entry.isSocket()) return [];
    if (!entry.isFile()) return [{ kind: 'pipe or device', path }];
    const { mode, size } = await readable(context, path, owner, (file) => lstat(file));
    return [{ kind: 'file', path, isExecutable: (mode & 0o111) !== 0, bytes: size }];
  }

  await visit('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Reads something in a context; what is not to be read is told by its path and the key of its image. */
export async function readable<T>(
  context: string,
  path: string,
  owner: string,
  read: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(context, path);
  try {
    return await read(file);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EACCES' || code === 'EPERM') {
      throw new PlatformError('usage', `${owner}: this user may not read ${file}`, {
        cause: error,
        suggestions: [`name ${path} in .dockerignore, or change its permissions`],
      });
    }
    if (code === 'ENOENT') {
      throw new PlatformError('conflict', `${owner}: ${file} went away while it was read`, {
        cause: error,
        suggestions: ['run the same command again when nothing writes there'],
      });
    }
    throw error;
  }
}
