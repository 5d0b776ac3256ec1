import { randomBytes } from 'node:crypto';
import * as fileSystem from 'node:fs/promises';
import { chmod, chown, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf, PlatformError, systemCode } from '../../errors.js';
import { pasteable, type Processes } from '../../process.js';
import { hostsBlocks, type HostsBlock } from './hosts-block.js';

export interface WriteOptions {
  readonly processes: Processes;
  readonly signal?: AbortSignal;
  /** What a mount or missing rights can refuse; Node's own without it. */
  readonly files?: Pick<typeof fileSystem, 'open' | 'rename'>;
}

type Files = NonNullable<WriteOptions['files']>;

export const systemHostsFile = '/etc/hosts';

/** The text of a hosts file, one character for each byte, so that whatever is in it can be written back as it was. */
export async function readHostsFile(file = systemHostsFile): Promise<string> {
  try {
    return await readFile(file, 'latin1');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw new PlatformError('prerequisite', `the hosts file ${file} cannot be read`, { cause: error });
  }
}

/** What an environment has in the hosts file; `undefined` when that is nothing. */
export async function hostsBlockOf(file: string, environment: string): Promise<HostsBlock | undefined> {
  return hostsBlocks(await readHostsFile(file)).find((block) => block.environment === environment);
}

/**
 * Writes a hosts file that was read by {@link readHostsFile}: at once where its folder allows it, else in place; mode and
 * owner stay. Without the right to, sudo copies it where it does so without asking.
 * @throws PlatformError `prerequisite` with the command that a person can run instead
 */
export async function writeHostsFile(file: string, text: string, options: WriteOptions): Promise<void> {
  const { files = fileSystem } = options;
  const target = await realpath(file).catch(() => file);
  const refusal = (await writeAtOnce(target, text, files)) && (await writeInPlace(target, text, files));
  if (refusal) await copyWithSudo(target, text, refusal, options);
}

/** Answers why it cannot be done this way; `undefined` when it is done. */
async function writeAtOnce(file: string, text: string, { open, rename }: Files): Promise<unknown> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.partial`;
  try {
    const before = await stat(file).catch(() => undefined);
    const handle = await open(temporary, 'wx', before ? before.mode & 0o7777 : 0o644);
    try {
      await handle.writeFile(text, 'latin1');
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (before) {
      await chown(temporary, before.uid, before.gid);
      await chmod(temporary, before.mode & 0o7777);
    }
    await rename(temporary, file);
    return undefined;
  } catch (error) {
    await rm(temporary, { force: true });
    // EBUSY and EXDEV: mounted by itself, as container engines do.
    return refusedBy(error, ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS']);
  }
}

async function writeInPlace(file: string, text: string, { open }: Files): Promise<unknown> {
  try {
    const handle = await open(file, 'r+');
    try {
      await handle.writeFile(text, 'latin1');
      await handle.truncate(text.length);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return undefined;
  } catch (error) {
    return refusedBy(error, ['EACCES', 'EPERM', 'EROFS', 'ENOENT']);
  }
}

function refusedBy(error: unknown, codes: readonly string[]): unknown {
  if (codes.includes(systemCode(error) ?? '')) return error;
  throw error;
}

// Our children have no terminal, so sudo must not ask for a password; `cp` writes in place, which keeps mode and owner.
async function copyWithSudo(
  file: string,
  text: string,
  refusal: unknown,
  { processes, signal }: WriteOptions,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-hosts-'));
  const prepared = join(folder, 'hosts');
  await writeFile(prepared, text, 'latin1');
  const copy = ['cp', prepared, file];
  try {
    await processes.run('sudo', ['-n', ...copy], signal ? { signal } : {});
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    signal?.throwIfAborted();
    throw new PlatformError('prerequisite', `${file} is not writable for you: ${messageOf(refusal)}`, {
      cause: error,
      suggestions: [pasteable('sudo', copy), 'what it copies is ready; look at it first if you like'],
      facts: { file, prepared },
    });
  }
}
