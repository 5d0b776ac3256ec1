import { existsSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/errors.js';
import { withHostsBlock } from '../../../src/local/names/hosts-block.js';
import { hostsBlockOf, readHostsFile, writeHostsFile } from '../../../src/local/names/hosts-file.js';
import type { Processes } from '../../../src/process.js';
import { temporaryFolder } from '../../toolchain/fixture.js';

const noProcess: Processes = { run: (command) => Promise.reject(new Error(`${command} is not to be run`)) };

function refused(code: string): Promise<never> {
  return Promise.reject(Object.assign(new Error(code), { code }));
}

/** A hosts file in a folder of its own. */
async function given(content: string | Buffer = '127.0.0.1 localhost\n') {
  const folder = await temporaryFolder();
  const file = join(folder, 'hosts');
  await writeFile(file, content);
  return { folder, file };
}

describe('reading the hosts file', () => {
  it('finds what an environment has in it, and nothing where there is no file', async () => {
    const { folder, file } = await given(withHostsBlock('', 'shop', [{ address: '127.0.0.1', names: ['a.local'] }]));
    expect(await hostsBlockOf(file, 'shop')).toEqual({
      environment: 'shop',
      entries: [{ address: '127.0.0.1', names: ['a.local'] }],
    });
    expect(await hostsBlockOf(file, 'other')).toBeUndefined();
    expect(await hostsBlockOf(join(folder, 'none'), 'shop')).toBeUndefined();
  });

  it('says so when it cannot', async () => {
    const folder = await temporaryFolder();
    await expect(readHostsFile(folder)).rejects.toThrow(`the hosts file ${folder} cannot be read`);
  });
});

describe('writing the hosts file', () => {
  it('keeps every byte of others, its mode, and leaves nothing beside it', async () => {
    const bytes = Buffer.from([0x23, 0xe9, 0xff, 0x00, 0x0d, 0x0a, 0xc3, 0xa9]);
    const { folder, file } = await given(bytes);
    await chmod(file, 0o664);
    const text = withHostsBlock(await readHostsFile(file), 'shop', [{ address: '127.0.0.1', names: ['a.local'] }]);
    await writeHostsFile(file, text, { processes: noProcess });
    const written = await readFile(file);
    expect(written.subarray(0, bytes.length)).toEqual(bytes);
    expect(written.includes('127.0.0.1 a.local')).toBe(true);
    expect((await stat(file)).mode & 0o777).toBe(0o664);
    expect(await readdir(folder)).toEqual(['hosts']);
  });

  it('writes where a link leads, and makes a file where there is none', async () => {
    const { folder, file } = await given();
    const link = join(folder, 'link');
    await symlink(file, link);
    await writeHostsFile(link, 'linked\n', { processes: noProcess });
    await writeHostsFile(join(folder, 'new'), 'new\n', { processes: noProcess });
    expect(await readFile(file, 'utf8')).toBe('linked\n');
    expect(await readdir(folder)).toEqual(['hosts', 'link', 'new']);
  });

  it('writes in place what is mounted by itself and cannot be replaced, also with less than there was', async () => {
    const { folder, file } = await given(`${'# long\n'.repeat(50)}127.0.0.1 localhost\n`);
    const { ino } = await stat(file);
    await writeHostsFile(file, 'short\n', {
      processes: noProcess,
      files: { ...fileSystem, rename: () => refused('EBUSY') },
    });
    expect(await readFile(file, 'utf8')).toBe('short\n');
    expect((await stat(file)).ino).toBe(ino);
    expect(await readdir(folder)).toEqual(['hosts']);
  });

  describe('without the right to', () => {
    const files = { ...fileSystem, open: () => refused('EACCES') };

    it('has sudo copy it, which must not ask, and clears up', async () => {
      const { file } = await given();
      const runs: string[][] = [];
      const sudo: Processes = {
        async run(command, args) {
          runs.push([command, ...args]);
          await fileSystem.cp(args[2] ?? '', args[3] ?? '');
          return { stdout: '', stderr: '', exitCode: 0 };
        },
      };
      await writeHostsFile(file, 'caf\xe9\n', { processes: sudo, files });
      const prepared = runs[0]?.[3] ?? '';
      expect(runs).toEqual([['sudo', '-n', 'cp', prepared, file]]);
      expect(await readFile(file, 'latin1')).toBe('caf\xe9\n');
      expect(existsSync(dirname(prepared))).toBe(false);
    });

    it('gives the command that does it where sudo would have to ask', async () => {
      const { file } = await given();
      const sudo: Processes = {
        run: () => Promise.reject(new PlatformError('tool', 'sudo failed with exit code 1')),
      };
      const error: unknown = await writeHostsFile(file, 'new\n', { processes: sudo, files }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'prerequisite', message: `${file} is not writable for you: EACCES` });
      const { prepared } = (error as PlatformError).facts as { prepared: string };
      expect((error as PlatformError).suggestions[0]).toBe(`sudo cp ${prepared} ${file}`);
      expect(await readFile(prepared, 'utf8')).toBe('new\n');
      expect(await readFile(file, 'utf8')).toBe('127.0.0.1 localhost\n');
      await fileSystem.rm(dirname(prepared), { recursive: true });
    });

    it('passes on what is no matter of rights', async () => {
      const { file } = await given();
      const full = { ...fileSystem, open: () => refused('ENOSPC') };
      await expect(writeHostsFile(file, 'new\n', { processes: noProcess, files: full })).rejects.toThrow('ENOSPC');
    });
  });
});
