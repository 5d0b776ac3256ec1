import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { ImageSource } from '../environment/environment.js';
import { PlatformError, systemCode } from '../errors.js';
import { contextEntries, readable, type ContextEntry } from './context-files.js';
import { readIgnoredFiles } from './ignored-files.js';

/** Raised when the same sources have to get another hash. */
const version = 'platform.dev/image 1';
/** How many files are open at once. */
const lanes = 16;
/** Files up to this size are read at once, which takes half the time. */
const streamedBytes = 1024 * 1024;
/** 64 bits: enough that two contents of one image never meet. */
const tagDigits = 16;

/** Absolute path of the Dockerfile of an image. */
export function dockerfileOf({ context, dockerfile = 'Dockerfile' }: ImageSource): string {
  return resolve(context, dockerfile);
}

/**
 * The tag of an image: the first digits of the SHA-256 over everything that its build can depend on here, which is the
 * context as the engine is sent it (names, contents, executable bits, targets of links), the Dockerfile, its stage, its
 * arguments and the platforms. Times, owners and the machine do not count. What base images are today is not known from
 * here: pin them in the Dockerfile.
 * @throws PlatformError `usage` that names the key of the image and the path where something is missing or unreadable
 */
export async function contentTag(name: string, source: ImageSource, signal?: AbortSignal): Promise<string> {
  const owner = `images.${name}`;
  const { context, target = null, args, platforms } = source;
  await expectFolder(context, `${owner}.context`);
  const dockerfile = await readDockerfile(source, owner);
  const ignored = await readIgnoredFiles(context, dockerfileOf(source));
  const entries = await contextEntries(context, ignored, `${owner}.context`);
  const limit = pLimit(lanes);
  const parts = await limit.map(entries, async (entry) => {
    signal?.throwIfAborted();
    return partOf(entry, context, `${owner}.context`);
  });
  const recipe = {
    version,
    dockerfile,
    target,
    args: Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)),
    platforms: [...platforms].sort(),
  };
  const hash = createHash('sha256').update(JSON.stringify(recipe));
  for (const part of parts) hash.update('\n').update(JSON.stringify(part));
  return hash.digest('hex').slice(0, tagDigits);
}

async function partOf(entry: ContextEntry, context: string, owner: string): Promise<readonly unknown[]> {
  switch (entry.kind) {
    case 'file': {
      const hash = createHash('sha256');
      await readable(context, entry.path, owner, async (file) => {
        if (entry.bytes > streamedBytes) await pipeline(createReadStream(file), hash);
        else hash.update(await readFile(file));
      });
      return [entry.path, entry.kind, entry.isExecutable, hash.digest('hex')];
    }
    case 'link':
      return [entry.path, entry.kind, entry.target];
    default:
      return [entry.path, entry.kind];
  }
}

async function expectFolder(context: string, key: string): Promise<void> {
  const found = await stat(context).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  });
  if (found?.isDirectory()) return;
  throw new PlatformError(
    'usage',
    `${key}: ${found ? `${context} is not a folder` : `there is no folder ${context}`}`,
    {
      suggestions: ['folders are relative to the environment file'],
      facts: { key, path: context },
    },
  );
}

async function readDockerfile(source: ImageSource, owner: string): Promise<string> {
  const file = dockerfileOf(source);
  const key = source.dockerfile === undefined ? `${owner}.context` : `${owner}.dockerfile`;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR' && code !== 'EACCES') throw error;
    const what =
      code === 'EISDIR'
        ? `${file} is a folder, not a Dockerfile`
        : code === 'EACCES'
          ? `this user may not read ${file}`
          : `there is no ${basename(file)} in ${resolve(file, '..')}`;
    throw new PlatformError('usage', `${key}: ${what}`, {
      cause: error,
      suggestions: [`name another one: ${owner}.dockerfile, relative to its context`],
      facts: { key, path: file },
    });
  }
}
