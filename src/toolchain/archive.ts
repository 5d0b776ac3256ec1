import { join } from 'node:path';
import { PlatformError } from '../errors.js';
import type { Processes } from '../process.js';
import { programAt } from './path-search.js';
import type { DownloadPin, Platform } from './pins.js';

/** Takes the one wanted program out of an archive with the system's own tools; resolves to its path. */
export async function unpack(
  file: string,
  archive: NonNullable<DownloadPin['archive']>,
  folder: string,
  { processes, platform, signal }: { processes: Processes; platform: Platform; signal: AbortSignal },
): Promise<string> {
  // The tar of macOS reads zip archives, and nothing else is sure to be there.
  if (archive.format === 'zip' && platform.startsWith('linux')) {
    await processes.run('unzip', ['-q', file, archive.path, '-d', folder], { signal });
  } else {
    await processes.run('tar', ['-xf', file, '-C', folder, archive.path], { signal });
  }
  const program = join(folder, archive.path);
  if (!(await programAt(program))) {
    throw new PlatformError('prerequisite', `${archive.path} in the archive is not a program`);
  }
  return program;
}
