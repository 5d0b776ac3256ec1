import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from './clock.js';
import { systemCode } from './errors.js';
import { readJsonFile } from './files.js';
import { isRunning, startTimeOf } from './process-identity.js';

const ownerSchema = z.object({
  pid: z.int(),
  startedAt: z.string(),
  host: z.string(),
  /** Names one taking of the lock; the same process may take it again. */
  token: z.string(),
});

/** The process that holds a lock. */
export type LockOwner = z.infer<typeof ownerSchema>;

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
  await mkdir(dirname(path), { recursive: true });
  await take(path, owner, options);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, owner: LockOwner, { clock, signal, onWait }: LockOptions): Promise<void> {
  let waitedFor: string | undefined;
  while (!(await claim(path, owner))) {
    signal.throwIfAborted();
    const holder = await ownerOf(path);
    if (!holder) continue;
    if (isAlive(holder)) {
      if (holder.token !== waitedFor) onWait?.(holder);
      waitedFor = holder.token;
      await clock.sleep(pollMs, signal);
    } else {
      await removeStale(path, holder, owner);
    }
  }
}

// A link appears whole or not at all, so nobody ever reads an owner that is half written.
async function claim(path: string, owner: LockOwner): Promise<boolean> {
  const mine = `${path}.${owner.token}`;
  await writeFile(mine, JSON.stringify(owner));
  try {
    await link(mine, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

// Two processes may find the same dead owner; only the one that holds the right to remove exactly that lock does.
async function removeStale(path: string, dead: LockOwner, owner: LockOwner): Promise<void> {
  const right = `${path}.${dead.token}.stale`;
  if (!(await claim(right, owner))) {
    const remover = await ownerOf(right);
    if (remover && !isAlive(remover)) await rm(right, { force: true });
    return;
  }
  try {
    const holder = await ownerOf(path);
    if (holder?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

// Claims appear whole, so what cannot be read was left by a crash of the machine.
async function ownerOf(path: string): Promise<LockOwner | undefined> {
  const owner = await readJsonFile(path, ownerSchema);
  return owner ?? (existsSync(path) ? { pid: 0, startedAt: '', host: hostname(), token: 'unreadable' } : undefined);
}

// Nothing is known about a process of another machine that shares this folder: it counts as alive.
function isAlive(owner: LockOwner): boolean {
  return owner.host !== hostname() || isRunning(owner.pid, owner.startedAt);
}

function thisProcess(): LockOwner {
  return { pid: process.pid, startedAt: startTimeOf(process.pid) ?? '', host: hostname(), token: randomUUID() };
}
