import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { systemCode } from '../errors.js';

/** What of a build context the engine is not sent, by its `.dockerignore`. */
export interface IgnoredFiles {
  /** Path in the context, with `/`. */
  ignores(path: string): boolean;
  /** Whether nothing below a folder is sent either, so that nobody has to look. */
  ignoresAllBelow(folder: string): boolean;
}

/** Reads `<Dockerfile>.dockerignore`, else the context's `.dockerignore`; without them everything is sent. */
export async function readIgnoredFiles(context: string, dockerfile: string): Promise<IgnoredFiles> {
  const text =
    (await readIfThere(`${dockerfile}.dockerignore`)) ?? (await readIfThere(join(context, '.dockerignore'))) ?? '';
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const rules = dockerignore.default({ ignorecase: false }).add(lines);
  const exceptions = lines.flatMap((line) => {
    const exception = /^\s*!\s*(.*\S)/.exec(line)?.[1];
    return exception === undefined ? [] : [fixedStart(exception)];
  });
  return {
    ignores: (path) => rules.ignores(path),
    ignoresAllBelow: (folder) =>
      rules.ignores(folder) && !exceptions.some((start) => isWithin(start, folder) || isWithin(folder, start)),
  };
}

/** The folders that a pattern names before its first wildcard: `src/api` of `src/api/*.js`; empty for none. */
function fixedStart(pattern: string): string {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
  return parts.slice(0, wild === -1 ? parts.length : wild).join('/');
}

function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
