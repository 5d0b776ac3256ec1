import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import type { Library } from '../../src/environment/library.js';
import { loadEnvironment, type LoadOptions } from '../../src/environment/load.js';
import type { Problem } from '../../src/environment/problems.js';
import { PlatformError } from '../../src/errors.js';

const root = fileURLToPath(new URL('../fixtures/environment/', import.meta.url));

/** Blueprints, catalogue and charts that only these tests know. */
export const library: Library = {
  blueprints: join(root, 'library/blueprints'),
  catalogue: join(root, 'library/catalogue'),
  charts: join(root, 'library/charts'),
  drills: join(root, 'library/drills'),
};

export const badFiles = join(root, 'bad');

/** A new folder with files in it, by relative path. */
export async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-environment-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

export const header = 'apiVersion: platform/v1alpha1\nkind: Environment\nname: shop\n';

/** Loads a file of which only what follows its header is given. */
export async function load(content: string, options: Partial<LoadOptions> = {}): Promise<Environment> {
  const cwd = await folderWith({ 'platform.yaml': `${header}${content}` });
  return loadEnvironment({ cwd, target: 'local', library, ...options });
}

/** The error of something that must fail. */
export async function errorOf(attempt: Promise<unknown>): Promise<PlatformError> {
  const result = await attempt.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (result instanceof PlatformError) return result;
  throw result;
}

/** The problems of something that must fail. */
export async function problemsOf(attempt: Promise<unknown>): Promise<readonly Problem[]> {
  const { facts } = await errorOf(attempt);
  return facts?.['problems'] as readonly Problem[];
}

/** One line for each problem: place, path, message. */
export async function complaintsOf(attempt: Promise<unknown>): Promise<string[]> {
  const problems = await problemsOf(attempt);
  return problems.map(({ file, line, column, message }) => `${file}:${String(line)}:${String(column)} ${message}`);
}
