import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from './clock.js';
import { systemCode } from './errors.js';
import { isRunning, startTimeOf } from './process-identity.js';

// What else an owner says about itself stays in the file.
const ownerSchema = z.looseObject({
  pid: z.int(),
  startedAt: z.string(),
  host: z.string(),
  /** Names one taking of the lock; the same process may take it again. */
  token: z.string(),
});

/** The process that holds a lock. */
export type LockOwner = z.infer<typeof ownerSchema>;

/** How an attempt to take a lock ended. */
export type Taking =
  | {
      readonly taken: true;
      /** The dead owner that held it before, if any. */
      readonly from: LockOwner | undefined;
    }
  | { readonly taken: false; readonly holder: LockOwner };

export interface LockOptions {
  readonly clock: Clock;
  /** Ends the wait, not the work. */
  readonly signal: AbortSignal;
  /** Called once for each owner that is waited for. */
  readonly onWait?: (owner: LockOwner) => void;
}

const pollMs = 200;

/**
 * Does some work while no other process does work under the same lock file. A living owner is waited for; the lock of
 * a dead one is taken over at once.
 */
export async function withFileLock<T>(path: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const owner = thisProcess();
  await takeInTurn(path, owner, options);
  try {
    return await work();
  } finally {
    await releaseFileLock(path, owner);
  }
}

async function takeInTurn(path: string, owner: LockOwner, { clock, signal, onWait }: LockOptions): Promise<void> {
  let waitedFor: string | undefined;
  for (;;) {
    const taking = await takeFileLock(path, owner);
    if (taking.taken) return;
    signal.throwIfAborted();
    if (taking.holder.token !== waitedFor) onWait?.(taking.holder);
    waitedFor = taking.holder.token;
    await clock.sleep(pollMs, signal);
  }
}

/**
 * Takes a lock file unless a living process holds it; never waits. Missing folders are made. The file holds the owner
 * as JSON and appears whole or not at all.
 */
export async function takeFileLock(path: string, owner: LockOwner): Promise<Taking> {
  await mkdir(dirname(path), { recursive: true });
  let from: LockOwner | undefined;
  while (!(await claim(path, owner))) {
    const holder = await readLockOwner(path);
    if (!holder) continue;
    if (isAlive(holder)) return { taken: false, holder };
    await removeStale(path, holder, owner);
    from = holder;
  }
  return { taken: true, from };
}

/** Gives a lock file back, unless it is somebody else's by now. */
export async function releaseFileLock(path: string, owner: LockOwner): Promise<void> {
  if ((await readLockOwner(path))?.token === owner.token) await rm(path, { force: true });
}

/** This process, for one taking of a lock. */
export function thisProcess(): LockOwner {
  return { pid: process.pid, startedAt: startTimeOf(process.pid) ?? '', host: hostname(), token: randomUUID() };
}

/** Nothing is known about a process of another machine that shares the folder: it counts as alive. */
export function isAlive(owner: Pick<LockOwner, 'host' | 'pid' | 'startedAt'>): boolean {
  return owner.host !== hostname() || isRunning(owner.pid, owner.startedAt);
}

// A link appears whole or not at all, so nobody ever reads an owner that is half written.
async function claim(path: string, owner: LockOwner): Promise<boolean> {
  const mine = `${path}.${randomUUID()}`;
  try {
    await writeFile(mine, `${JSON.stringify(owner)}\n`);
    await link(mine, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

// Two processes may find the same dead owner; only the one that holds the right to remove exactly that lock does. The
// right is a lock like any other: its holder may die as well.
async function removeStale(path: string, dead: LockOwner, owner: LockOwner): Promise<void> {
  const right = `${path}.${dead.token}.stale`;
  if (!(await claim(right, owner))) {
    const remover = await readLockOwner(right);
    if (remover && !isAlive(remover)) await removeStale(right, remover, owner);
    return;
  }
  try {
    const holder = await readLockOwner(path);
    if (holder?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

// Claims appear whole, so what cannot be read was left by a crash of the machine.
async function readLockOwner(path: string): Promise<LockOwner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    return { pid: 0, startedAt: '', host: hostname(), token: 'unreadable' };
  }
}
