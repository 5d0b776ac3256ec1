import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, PlatformError, systemCode } from '../../errors.js';
import { refusalToWrite } from '../../existing-folder.js';
import { writeFileAtomically } from '../../files.js';

/**
 * Writes a graph to a file, whose folders are made.
 * @throws PlatformError `usage` where that is no file, or may not be written
 */
export async function writeGraph(path: string, text: string): Promise<void> {
  const reason = (await isSomethingElse(path)) ? 'it is not a file' : await refusalToWrite(dirname(resolve(path)));
  if (reason !== undefined) throw refused(path, reason);
  try {
    await writeFileAtomically(path, `${text}\n`);
  } catch (error) {
    // A full disk is no fault of the path, and is told as such.
    if (['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '')) throw error;
    throw refused(path, messageOf(error), error);
  }
}

// A folder, or a device such as /dev/stdout, which must not be replaced by a file.
async function isSomethingElse(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch {
    return false;
  }
}

function refused(path: string, reason: string, cause?: unknown): PlatformError {
  return new PlatformError('usage', `the graph cannot be written to ${path}: ${reason}`, { cause });
}
