import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { PlatformError, systemCode } from '../errors.js';
import { isRunning, startTimeOf } from '../process-identity.js';

const ownerSchema = z.object({
  user: z.string(),
  host: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  run: z.string(),
  command: z.string(),
});

/** Who is changing an environment now. */
export type Owner = z.infer<typeof ownerSchema>;

export interface Ownership {
  readonly owner: Owner;
  /** The dead owner this was taken over from, if any: its children may still run. */
  readonly takenOverFrom: Owner | undefined;
  release(): Promise<void>;
}

/**
 * Makes this process the owner of an environment, by `<state>/owner.json`; works before there is a cluster. An owner
 * on this host that is dead is replaced at once.
 * @throws PlatformError `conflict` that names the living owner
 */
export async function acquireOwnership(stateFolder: string, run: string, command: string): Promise<Ownership> {
  const file = join(stateFolder, 'owner.json');
  const owner = {
    user: userInfo().username,
    host: hostname(),
    pid: process.pid,
    startedAt: startTimeOf(process.pid) ?? '',
    run,
    command,
  };
  await mkdir(stateFolder, { recursive: true });
  let takenOverFrom: Owner | undefined;
  while (!(await create(file, owner))) {
    const current = await readOwner(stateFolder);
    if (current && isAlive(current)) throw takenBy(current);
    await discard(file, current);
    takenOverFrom = current ?? takenOverFrom;
  }
  return { owner, takenOverFrom, release: () => rm(file, { force: true }) };
}

/** The owner by the lock file, dead or alive; `undefined` when there is none or its file is torn. */
export async function readOwner(stateFolder: string): Promise<Owner | undefined> {
  try {
    const text = await readFile(join(stateFolder, 'owner.json'), 'utf8');
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** An owner on another host cannot be seen from here, so it counts as alive. */
export function isAlive(owner: Owner): boolean {
  return owner.host !== hostname() || isRunning(owner.pid, owner.startedAt);
}

// A hard link appears whole or not at all, and only if the name is free.
async function create(file: string, owner: Owner): Promise<boolean> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

// Between reading and removing, another process may have taken over already: what was moved away is looked at again
// and put back if it is not the dead owner's.
async function discard(file: string, dead: Owner | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  const text = await readFile(aside, 'utf8');
  const moved = ownerSchema.safeParse(parseOrUndefined(text)).data;
  if (moved && moved.run !== dead?.run) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function takenBy({ user, host, pid, run, command }: Owner): PlatformError {
  return new PlatformError('conflict', `${user}@${host} is changing this environment now (pid ${String(pid)}, ${command})`, {
    suggestions: ['wait until it has ended, or stop it with Ctrl-C there, and run the command again'],
    facts: { user, host, pid, run, command },
  });
}
