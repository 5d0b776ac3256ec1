import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from './errors.js';

/** The path itself where it exists, else the nearest folder above that does: what will be made lies there. */
export async function existingFolder(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    return existingFolder(dirname(path));
  }
}

/** Why a folder cannot be made or written to; `undefined` when it can. */
export async function refusalToWrite(path: string): Promise<string | undefined> {
  try {
    const folder = await existingFolder(path);
    if (!(await stat(folder)).isDirectory()) return `${folder} is not a folder`;
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    switch (systemCode(error)) {
      case 'EACCES':
      case 'EPERM':
        return 'this user may not write there';
      case 'EROFS':
        return 'its file system is read-only';
      case 'ENOTDIR':
        return 'a part of its path is not a folder';
      default:
        throw error;
    }
  }
}
