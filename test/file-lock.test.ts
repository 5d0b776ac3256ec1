import { spawn } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.js';
import { withFileLock, type LockOwner } from '../src/file-lock.js';
import { startTimeOf } from '../src/process-identity.js';
import { temporaryFolder } from './toolchain/fixture.js';

const options = { clock: systemClock, signal: new AbortController().signal };

async function lockOf(path: string, owner: Partial<LockOwner>): Promise<void> {
  await writeFile(path, JSON.stringify({ pid: 1, startedAt: '', host: hostname(), token: 'other', ...owner }));
}

describe('working under a lock file', () => {
  it('lets one after the other work, and removes the file', async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, 'lock');
    let inside = 0;
    let most = 0;
    await Promise.all(
      [1, 2, 3, 4].map(() =>
        withFileLock(lock, options, async () => {
          most = Math.max(most, ++inside);
          await systemClock.sleep(5);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  it('gives the lock back when the work fails', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    const work = withFileLock(lock, options, () => Promise.reject(new Error('no')));
    await expect(work).rejects.toThrow('no');
    expect(await withFileLock(lock, options, () => Promise.resolve('again'))).toBe('again');
  });

  it('takes over from a dead process at once, and only one does', async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, 'lock');
    await lockOf(lock, { pid: process.pid, startedAt: 'of a process before this one' });
    let inside = 0;
    const most = await Promise.all(
      [1, 2, 3].map(() =>
        withFileLock(lock, options, async () => {
          const now = ++inside;
          await systemClock.sleep(5);
          inside -= 1;
          return now;
        }),
      ),
    );
    expect(most).toEqual([1, 1, 1]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over a lock that a crash of the machine left empty', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    await writeFile(lock, '');
    expect(await withFileLock(lock, options, () => Promise.resolve('mine'))).toBe('mine');
  });

  it('takes over also where the process that removed the lock of a dead one died over it, and the next one too', async () => {
    const folder = await temporaryFolder();
    const lock = join(folder, 'lock');
    const gone = { pid: process.pid, startedAt: 'of a process before this one' };
    await lockOf(lock, { ...gone, token: 'a' });
    await lockOf(`${lock}.a.stale`, { ...gone, token: 'b' });
    await lockOf(`${lock}.a.stale.b.stale`, { ...gone, token: 'c' });
    expect(await withFileLock(lock, options, () => Promise.resolve('mine'))).toBe('mine');
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not give back what somebody else has taken in the meantime', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    await withFileLock(lock, options, () => lockOf(lock, { token: 'of another process' }));
    expect(await readFile(lock, 'utf8')).toContain('of another process');
  });

  it('waits for a living process, names it, and takes over when it dies', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    const other = spawn('sleep', ['60']);
    const pid = other.pid ?? 0;
    await lockOf(lock, { pid, startedAt: startTimeOf(pid) ?? '' });
    const waitedFor: number[] = [];
    const onWait = (owner: LockOwner) => {
      waitedFor.push(owner.pid);
      other.kill('SIGKILL');
    };
    expect(await withFileLock(lock, { ...options, onWait }, () => Promise.resolve('mine'))).toBe('mine');
    expect(waitedFor).toEqual([pid]);
  });

  it('counts a process on another machine as alive, and ends the wait when interrupted', async () => {
    const lock = join(await temporaryFolder(), 'lock');
    await lockOf(lock, { host: 'elsewhere' });
    const interruption = new AbortController();
    const onWait = () => {
      interruption.abort(new Error('enough'));
    };
    const work = withFileLock(lock, { clock: systemClock, signal: interruption.signal, onWait }, () =>
      Promise.resolve(),
    );
    await expect(work).rejects.toThrow('enough');
  });
});
