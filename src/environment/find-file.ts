import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlatformError } from '../errors.js';

/** What an environment file is called where nobody names one. */
export const environmentFileName = 'platform.yaml';

/**
 * The environment file that holds for a folder: the nearest one in the folder itself or above it, up to the root of
 * its git repository. Outside of a repository only the folder itself counts.
 * @throws PlatformError `usage` for a `platform.yml`: taking no notice of it would build another environment.
 */
export async function findEnvironmentFile(folder: string): Promise<string | undefined> {
  for (const candidate of await foldersUpToRoot(folder)) {
    const file = join(candidate, environmentFileName);
    if (await exists(file)) return file;
    const misnamed = join(candidate, 'platform.yml');
    if (await exists(misnamed)) {
      throw new PlatformError('usage', `${misnamed} is not called ${environmentFileName}`, {
        suggestions: [`rename it to ${environmentFileName}`, `or name it: --file ${misnamed}`],
      });
    }
  }
  return undefined;
}

async function foldersUpToRoot(folder: string): Promise<string[]> {
  const folders = [folder];
  for (let current = folder; ; current = dirname(current)) {
    if (current !== folder) folders.push(current);
    if (await exists(join(current, '.git'))) return folders;
    if (dirname(current) === current) return [folder];
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
