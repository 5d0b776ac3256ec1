import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nssDatabases } from '../../src/trust/nss-databases.js';
import { nss } from '../../src/trust/nss.js';
import {
  alias,
  givenAuthorities,
  givenAuthority,
  givenMachine,
  lend,
  placeIn,
  programOf,
  runAll,
  type GivenMachine,
} from './given.js';

async function database(machine: GivenMachine, folder: string): Promise<string> {
  const path = join(machine.home, folder);
  await mkdir(path, { recursive: true });
  await machine.processes.run(programOf('certutil') ?? '', ['-N', '-d', `sql:${path}`, '--empty-password']);
  return path;
}

async function withFile(machine: GivenMachine, ...folders: string[]): Promise<void> {
  for (const folder of folders) {
    await mkdir(join(machine.home, folder), { recursive: true });
    await writeFile(join(machine.home, folder, 'cert9.db'), '');
  }
}

describe('the databases of browsers', () => {
  it('are found wherever Linux browsers keep them', async () => {
    const machine = await givenMachine();
    const folders = [
      ['Chrome and Chromium', '.pki/nssdb'],
      ['Chromium (snap)', 'snap/chromium/2890/.pki/nssdb'],
      ['Chrome and Chromium (Flatpak)', '.var/app/com.google.Chrome/.pki/nssdb'],
      ['Firefox', '.mozilla/firefox/abc.default-release'],
      ['Firefox', '.mozilla/firefox/def.work'],
      ['Firefox (snap)', 'snap/firefox/common/.mozilla/firefox/ghi.default'],
      ['Firefox (Flatpak)', '.var/app/org.mozilla.firefox/.mozilla/firefox/jkl.default'],
    ] as const;
    await withFile(machine, ...folders.map(([, folder]) => folder));
    await mkdir(join(machine.home, '.mozilla/firefox/Crash Reports'), { recursive: true });
    expect(await nssDatabases(machine)).toEqual(
      folders.map(([reader, folder]) => ({ reader, folder: join(machine.home, folder) })),
    );
  });

  it('are those of Firefox alone on macOS', async () => {
    const machine = await givenMachine({ platform: 'darwin' });
    const profile = 'Library/Application Support/Firefox/Profiles/abc.default';
    await withFile(machine, profile, '.pki/nssdb');
    expect(await nssDatabases(machine)).toEqual([{ reader: 'Firefox', folder: join(machine.home, profile) }]);
  });

  it('are none where no browser was started', async () => {
    expect(await nss.places(await givenMachine(), undefined)).toEqual([]);
  });

  it.each([
    ['linux', 'Debian, Ubuntu: apt-get install libnss3-tools'],
    ['darwin', 'brew install nss'],
  ] as const)('cannot be changed without certutil, and say how to get it on %s', async (platform, fix) => {
    const machine = await givenMachine({ platform });
    await withFile(machine, '.pki/nssdb', 'Library/Application Support/Firefox/Profiles/abc');
    const { obstacle, commands } = await placeIn(nss, machine);
    expect(obstacle?.reason).toContain('certutil is not installed');
    expect(obstacle?.fix).toContain(fix);
    expect(commands([])).toEqual([]);
  });
});

describe.skipIf(programOf('certutil') === undefined)('a database of a browser (needs certutil)', () => {
  it('is changed, and changed back', async () => {
    const machine = await givenMachine();
    await lend(machine, 'certutil');
    const folder = await database(machine, '.pki/nssdb');
    const authority = await givenAuthority(machine);
    const place = await placeIn(nss, machine, authority);
    expect(place).toMatchObject({ where: folder, readers: 'Chrome and Chromium', isSystemWide: false, found: [] });

    await runAll(place, [authority], machine.processes);
    const there = await placeIn(nss, machine, authority);
    expect(there.found).toEqual([{ fingerprint: authority.fingerprint, name: alias(authority) }]);
    const { stdout } = await machine.processes.run('certutil', ['-L', '-d', `sql:${folder}`]);
    expect(stdout).toMatch(new RegExp(`^${alias(authority)} +C,, *$`, 'm'));

    await runAll(there, [], machine.processes);
    expect((await placeIn(nss, machine, authority)).found).toEqual([]);
  });

  it('loses former authorities, which have the same name in it, and keeps those of others', async () => {
    const machine = await givenMachine();
    await lend(machine, 'certutil', 'openssl');
    const folder = await database(machine, '.mozilla/firefox/abc.default');
    const { before, now } = await givenAuthorities(machine);
    const foreign = join(machine.root, 'foreign.pem');
    await machine.processes.run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      '/dev/null',
      '-subj',
      '/CN=corporate',
      '-out',
      foreign,
    ]);
    const add = (name: string, file: string) =>
      machine.processes.run('certutil', ['-A', '-d', `sql:${folder}`, '-t', 'C,,', '-n', name, '-i', file]);
    await add('corporate', foreign);
    await runAll(await placeIn(nss, machine, before), [before], machine.processes);
    await add(alias(now), now.file);
    expect((await placeIn(nss, machine, now)).found).toHaveLength(2);

    await runAll(await placeIn(nss, machine, now), [now], machine.processes);
    expect((await placeIn(nss, machine, now)).found).toEqual([{ fingerprint: now.fingerprint, name: alias(now) }]);
    const { stdout } = await machine.processes.run('certutil', ['-L', '-d', `sql:${folder}`]);
    expect(stdout).toMatch(/^corporate +C,,/m);
  });

  it('does not count a certificate that it only knows', async () => {
    const machine = await givenMachine();
    await lend(machine, 'certutil');
    const folder = await database(machine, '.pki/nssdb');
    const authority = await givenAuthority(machine);
    const known = ['-A', '-d', `sql:${folder}`, '-t', ',,', '-n', alias(authority), '-i', authority.file];
    await machine.processes.run('certutil', known);
    const place = await placeIn(nss, machine, authority);
    expect(place.found).toMatchObject([{ isIdle: true }]);
    await runAll(place, [authority], machine.processes);
    expect((await placeIn(nss, machine, authority)).found).toEqual([
      { fingerprint: authority.fingerprint, name: alias(authority) },
    ]);
  });

  it('that cannot be read is said to be so', async () => {
    const machine = await givenMachine();
    await lend(machine, 'certutil');
    const folder = join(machine.home, '.pki/nssdb');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'cert9.db'), 'this is no database, and long enough to be told from an empty one');
    expect((await placeIn(nss, machine)).obstacle?.reason).toMatch(/^certutil cannot read it: certutil: /);
  });
});
