import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PlatformError, systemCode } from '../../errors.js';
import { asset } from '../../paths.js';
import type { HostProgram } from '../host-programs.js';

/** Path of a program of ours that Node runs, as the product is built with it. */
export function builtApp(name: string): string {
  return asset('dist', 'apps', `${name}.cjs`);
}

/** @throws PlatformError `prerequisite` where the product was built without it */
export function refuseUnbuilt(name: string, path: string): void {
  if (existsSync(path)) return;
  throw new PlatformError('prerequisite', `the ${name} is not built: there is no ${path}`, {
    suggestions: ['run `npm run build` in the folder of the product'],
  });
}

/**
 * How Node runs a program of ours. Its last argument, which it does not read, is a digest of its text and of its
 * environment variables: one that was built anew, or is told something else, counts as another.
 */
export async function appProgram<Name extends string>(
  name: Name,
  path: string,
  env: Readonly<Record<string, string>>,
): Promise<HostProgram & { readonly name: Name }> {
  const digest = createHash('sha256')
    .update(JSON.stringify(env))
    .update(await textOf(path));
  return { name, path: process.execPath, args: [path, digest.digest('hex').slice(0, 16)], env };
}

/** That of one that is not built is empty: `refuseUnbuilt` tells of it where it is to be started. */
async function textOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
