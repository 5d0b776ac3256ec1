import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { failureOf, type Failure } from '../../src/errors.js';
import { acquireOwnership, isAlive, readOwner, type Owner } from '../../src/ownership/lock-file.js';
import { startTimeOf } from '../../src/process-identity.js';
import { afterwards, temporaryFolder } from '../toolchain/fixture.js';

type Answer =
  { readonly owns: true; readonly takenOverFrom?: string } | { readonly owns: false; readonly failure: Failure };

const racer = fileURLToPath(new URL('racer.ts', import.meta.url));
const execArgv = ['--import', import.meta.resolve('tsx')];

async function startRacer(): Promise<ChildProcess> {
  const child = fork(racer, [], { execArgv });
  afterwards(() => Promise.resolve(child.kill('SIGKILL')));
  await once(child, 'message');
  return child;
}

async function ask(child: ChildProcess, folder: string): Promise<Answer> {
  const answer = once(child, 'message');
  child.send(folder);
  return ((await answer) as [Answer])[0];
}

const dead: Owner & { token: string } = {
  user: 'ann',
  host: hostname(),
  pid: process.pid,
  startedAt: 'of a process before this one',
  run: 'killed',
  command: 'destroy',
  token: 'of the killed run',
};

async function folderOwnedBy(owner: unknown): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
  return folder;
}

describe('owning an environment', () => {
  it('says who does it, and leaves nothing behind when it is given back', async () => {
    const folder = join(await temporaryFolder(), 'state', 'shop');
    const ownership = await acquireOwnership(folder, 'run-1', 'up');
    const { owner, takenOverFrom } = ownership;
    expect(owner).toEqual({
      user: userInfo().username,
      host: hostname(),
      pid: process.pid,
      startedAt: startTimeOf(process.pid),
      run: 'run-1',
      command: 'up',
    });
    expect(takenOverFrom).toBeUndefined();
    expect(await readOwner(folder)).toEqual(owner);
    expect(isAlive(owner)).toBe(true);
    await ownership.release();
    expect(await readdir(folder)).toEqual([]);
    expect(await readOwner(folder)).toBeUndefined();
  });

  it('is refused while another does, naming user, host, pid and command', async () => {
    const folder = await temporaryFolder();
    const child = await startRacer();
    expect(await ask(child, folder)).toEqual({ owns: true });
    const failure = failureOf(await acquireOwnership(folder, 'mine', 'destroy').catch((error: unknown) => error));
    const { username: user } = userInfo();
    expect(failure).toMatchObject({
      code: 'conflict',
      exitCode: 5,
      message: `${user}@${hostname()} is changing this environment now (pid ${String(child.pid)}, up)`,
      suggestions: [expect.stringContaining('wait until it has ended')],
      facts: { user, host: hostname(), pid: child.pid, command: 'up', run: `run-of-${String(child.pid)}` },
    });
    expect(await readdir(folder)).toEqual(['owner.json']);
  });

  it('is refused to a second run of the same process too', async () => {
    const folder = await temporaryFolder();
    const first = await acquireOwnership(folder, 'run', 'up');
    await expect(acquireOwnership(folder, 'run', 'up')).rejects.toThrow('is changing this environment now');
    await first.release();
  });

  it('is taken over at once from an owner that was killed', async () => {
    const folder = await temporaryFolder();
    const child = await startRacer();
    await ask(child, folder);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const ownership = await acquireOwnership(folder, 'mine', 'up');
    expect(ownership.takenOverFrom).toMatchObject({ pid: child.pid, run: `run-of-${String(child.pid)}` });
    await ownership.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is taken over from another process that has the pid of the owner', async () => {
    const folder = await folderOwnedBy(dead);
    expect((await acquireOwnership(folder, 'mine', 'up')).takenOverFrom?.run).toBe('killed');
  });

  it.each(['', '{"user":"an', '{}', '[]', 'null'])(
    'is taken over when the file holds %j, as a crash leaves it',
    async (text) => {
      const folder = await folderOwnedBy(text);
      expect(await readOwner(folder)).toBeUndefined();
      const { owner, takenOverFrom } = await acquireOwnership(folder, 'mine', 'up');
      expect(takenOverFrom).toBeUndefined();
      expect(await readOwner(folder)).toEqual(owner);
      expect(await readdir(folder)).toEqual(['owner.json']);
    },
  );

  it('is never taken over from another host, where nobody can see whether the owner lives', async () => {
    const elsewhere = { ...dead, host: 'build-7' };
    const folder = await folderOwnedBy(elsewhere);
    expect(isAlive(elsewhere)).toBe(true);
    await expect(acquireOwnership(folder, 'mine', 'up')).rejects.toThrow(
      'ann@build-7 is changing this environment now',
    );
    expect(await readOwner(folder)).toMatchObject({ host: 'build-7', run: 'killed' });
  });

  it('is not given back by somebody who has lost it', async () => {
    const folder = await temporaryFolder();
    const ownership = await acquireOwnership(folder, 'first', 'up');
    const file = join(folder, 'owner.json');
    await writeFile(file, JSON.stringify({ ...dead, run: 'second', token: 'of the second' }));
    await ownership.release();
    expect(await readFile(file, 'utf8')).toContain('second');
  });

  it('fails with the reason of the system where the state cannot be written', async () => {
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(acquireOwnership(join(file, 'shop'), 'mine', 'up')).rejects.toThrow(/ENOTDIR|EEXIST/);
  });
});

describe('many that want the same environment', () => {
  it('are one owner, however what they do is mixed', async () => {
    for (let round = 0; round < 40; round++) {
      const folder = await folderOwnedBy(round % 2 === 0 ? dead : '{"user":');
      const contenders = Array.from({ length: 6 }, (_, n) => acquireOwnership(folder, `run-${String(n)}`, 'up'));
      const outcomes = await Promise.allSettled(contenders);
      const owners = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
      expect(owners.map(({ owner }) => owner)).toEqual([await readOwner(folder)]);
      await owners[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });
});

describe('two processes that want the same environment at the same moment', () => {
  const rounds = Array.from({ length: 20 }, (_, round) => round);
  // A free one, one whose owner is dead, and one whose file is torn.
  const starts = [undefined, JSON.stringify(dead), '{"user":'];

  it('are one owner and one who is told so, 20 times over', async () => {
    const base = await temporaryFolder();
    const racers = await Promise.all([startRacer(), startRacer()]);
    for (const round of rounds) {
      const folder = join(base, String(round));
      await mkdir(folder);
      const start = starts[round % starts.length];
      if (start !== undefined) await writeFile(join(folder, 'owner.json'), start);

      const answers = await Promise.all(racers.map((child) => ask(child, folder)));

      const winner = racers[answers.findIndex(({ owns }) => owns)];
      const [loser] = answers.filter(({ owns }) => !owns);
      expect(
        answers.filter(({ owns }) => owns),
        `round ${String(round)}`,
      ).toHaveLength(1);
      expect(loser).toMatchObject({ failure: { code: 'conflict', facts: { pid: winner?.pid } } });
      expect(await readOwner(folder)).toMatchObject({ pid: winner?.pid });
      for (const child of racers) await ask(child, '');
      expect(await readdir(folder)).toEqual([]);
    }
  });
});
