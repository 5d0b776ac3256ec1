import { stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { redactText } from '../../environment/redact.js';
import { PlatformError } from '../../errors.js';
import type { GitSource } from './application.js';

export interface GitSourceOptions {
  readonly repoUrl: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Folder of the export in the repository; by default where `out` is in the one on this machine. */
  readonly path?: string | undefined;
  /** Folder of the export on this machine. */
  readonly out: string;
}

/** @throws PlatformError `usage` for what is no URL of a repository, one that holds a password, or a path out of it */
export async function gitSource({ repoUrl, revision, path, out }: GitSourceOptions): Promise<GitSource> {
  refuseUnlessRepository(repoUrl);
  if (revision.trim() === '') throw new PlatformError('usage', 'the revision is empty');
  return { repoURL: repoUrl, revision, path: normalized(path ?? (await pathInRepository(out)) ?? '') };
}

function refuseUnlessRepository(url: string): void {
  if (redactText(url) !== url) {
    throw new PlatformError('usage', `the URL of the repository holds a password: ${redactText(url)}`, {
      suggestions: ['register the repository in Argo CD with its credentials, and give its URL without them here'],
    });
  }
  if (/^(https?|ssh|git|file):\/\/\S+$/.test(url) || /^[\w.-]+@[\w.-]+:\S+$/.test(url)) return;
  throw new PlatformError('usage', `${JSON.stringify(url)} is not the URL of a git repository`, {
    suggestions: ['such as https://git.example.org/team/platform.git, or git@git.example.org:team/platform.git'],
  });
}

function normalized(path: string): string {
  const plain = posix.normalize(path.replaceAll('\\', '/')).replace(/\/+$/, '');
  if (plain === '.') return '';
  if (!posix.isAbsolute(plain) && plain !== '..' && !plain.startsWith('../')) return plain;
  throw new PlatformError('usage', `${path} is not a path in the repository`, {
    suggestions: ['give the folder relative to the root of the repository: --path deploy/shop'],
  });
}

// By the nearest .git; nothing where there is none.
async function pathInRepository(folder: string): Promise<string | undefined> {
  let below = '';
  for (let current = folder; ; current = dirname(current)) {
    if (await exists(join(current, '.git'))) return below;
    if (dirname(current) === current) return undefined;
    below = posix.join(current.slice(dirname(current).length).replace(/^\/+/, ''), below);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
