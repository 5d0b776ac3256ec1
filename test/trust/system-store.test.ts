import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeAuthority } from '../../src/certificates/make-authority.js';
import { systemProcesses, type Processes } from '../../src/process.js';
import { systemStore } from '../../src/trust/system-store.js';
import { certificate, openssl } from '../certificates/given.js';
import {
  alias,
  givenAuthorities,
  givenAuthority,
  givenMachine,
  placeIn,
  placeProgram,
  programOf,
  runAll,
  type GivenMachine,
} from './given.js';

const anchors = 'usr/local/share/ca-certificates';

/** The real program of Debian, which is told to work below another root. */
function debianBelow(root: string): Processes {
  const real = systemProcesses();
  return {
    run: (command, args, options) =>
      basename(command) !== 'update-ca-certificates'
        ? real.run(command, args, options)
        : real.run(
            command,
            [
              ...args,
              ...['--certsconf', join(root, 'etc/ca-certificates.conf')],
              ...['--certsdir', join(root, 'usr/share/ca-certificates')],
              ...['--localcertsdir', join(root, anchors)],
              ...['--etccertsdir', join(root, 'etc/ssl/certs')],
              ...['--hooksdir', join(root, 'etc/ca-certificates/update.d')],
            ],
            options,
          ),
  };
}

async function debian(): Promise<GivenMachine> {
  const machine = await givenMachine();
  for (const folder of [anchors, 'usr/share/ca-certificates', 'etc/ssl/certs', 'etc/ca-certificates/update.d']) {
    await mkdir(join(machine.root, folder), { recursive: true });
  }
  const { certificate: other } = await makeAuthority(Date.now());
  await writeFile(join(machine.root, 'usr/share/ca-certificates/public.crt'), other);
  await writeFile(join(machine.root, 'etc/ca-certificates.conf'), 'public.crt\n');
  return { ...machine, processes: debianBelow(machine.root) };
}

const isDebian = programOf('update-ca-certificates') !== undefined && programOf('openssl') !== undefined;

describe.skipIf(!isDebian)('the store of Debian (needs its update-ca-certificates)', () => {
  const look = (machine: GivenMachine, authority: Parameters<typeof placeIn>[2]) =>
    placeIn(systemStore, machine, authority);

  it('is changed so that openssl trusts what the authority signs, and changed back', async () => {
    const machine = await debian();
    const { root, processes } = machine;
    const authority = await givenAuthority(machine);
    const issuer = { certificate: authority.file, key: authority.file.replace(/pem$/, 'key') };
    const leaf = await certificate(root, { name: 'leaf', extensions: ['subjectAltName=DNS:shop.localhost'], issuer });
    const verify = async () =>
      (await openssl('verify', '-no-CApath', '-CAfile', join(root, 'etc/ssl/certs/ca-certificates.crt'), leaf))
        .exitCode;
    await processes.run('/usr/sbin/update-ca-certificates', []);
    expect(await verify()).toBe(2);

    await runAll(await look(machine, authority), [authority], processes);
    expect(await verify()).toBe(0);
    const there = await look(machine, authority);
    expect(there.found).toEqual([
      { fingerprint: authority.fingerprint, name: join(root, anchors, `${alias(authority)}.crt`), isIdle: false },
    ]);

    await runAll(there, [], processes);
    expect(await verify()).toBe(2);
    expect((await look(machine, authority)).found).toEqual([]);
    expect((await readdir(join(root, 'etc/ssl/certs'))).filter((name) => name.includes('platform'))).toEqual([]);
    expect(await readFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), 'utf8')).toBe(
      await readFile(join(root, 'usr/share/ca-certificates/public.crt'), 'utf8'),
    );
  });

  it('loses a former authority of this user, and nothing of anybody else', async () => {
    const machine = await debian();
    const { root, processes } = machine;
    const { before, now } = await givenAuthorities(machine);
    await writeFile(join(root, anchors, 'renamed by hand.crt'), before.pem);
    await writeFile(join(root, anchors, 'corporate.crt'), (await makeAuthority(0)).certificate.slice(0, 90));
    await runAll(await look(machine, now), [now], processes);
    const place = await look(machine, now);
    expect(place.found.map(({ fingerprint }) => fingerprint)).toEqual([now.fingerprint]);
    expect((await readdir(join(root, anchors))).sort()).toEqual(['corporate.crt', `${alias(now)}.crt`]);
  });

  it('does not count a certificate that was put there without an update', async () => {
    const machine = await debian();
    const authority = await givenAuthority(machine);
    await writeFile(join(machine.root, anchors, `${alias(authority)}.crt`), authority.pem);
    const place = await look(machine, authority);
    expect(place.found).toMatchObject([{ isIdle: true }]);
    await runAll(place, [authority], machine.processes);
    expect((await look(machine, authority)).found).toMatchObject([{ isIdle: false }]);
  });
});

describe('the store of a distribution', () => {
  const families = [
    [
      'Fedora',
      'etc/pki/ca-trust/source/anchors',
      '.pem',
      'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
      ['update-ca-trust', 'extract'],
    ],
    [
      'Arch',
      'etc/ca-certificates/trust-source/anchors',
      '.crt',
      'etc/ca-certificates/extracted/tls-ca-bundle.pem',
      ['update-ca-trust'],
    ],
    ['openSUSE', 'etc/pki/trust/anchors', '.pem', 'var/lib/ca-certificates/ca-bundle.pem', ['update-ca-certificates']],
    ['Alpine', anchors, '.crt', 'etc/ssl/certs/ca-certificates.crt', ['update-ca-certificates']],
  ] as const;

  it.each(families)('is that of %s by its folder', async (_, folder, extension, bundle, [command, ...args]) => {
    const machine = await givenMachine();
    const { root, bin } = machine;
    const authority = await givenAuthority(machine);
    await mkdir(join(root, folder), { recursive: true });
    await placeProgram(join(bin, command));
    const place = await placeIn(systemStore, machine, authority);
    expect(place).toMatchObject({ store: 'os', where: join(root, folder), isSystemWide: true, found: [] });
    const file = join(root, folder, `${alias(authority)}${extension}`);
    expect(place.commands([authority])).toEqual([
      { command: 'install', args: ['-m', '0644', authority.file, file] },
      { command: join(bin, command), args },
    ]);

    await writeFile(file, authority.pem);
    await mkdir(join(root, bundle, '..'), { recursive: true });
    // As p11-kit writes a bundle: with names in between.
    await writeFile(join(root, bundle), `# some other\n\n# ours\n${authority.pem}`);
    const there = await placeIn(systemStore, machine, authority);
    expect(there.found).toEqual([{ fingerprint: authority.fingerprint, name: file, isIdle: false }]);
    expect(there.commands([])[0]).toEqual({ command: 'rm', args: ['-f', file] });
  });

  it('is not there on a machine with none of these folders', async () => {
    expect(await systemStore.places(await givenMachine(), undefined)).toEqual([]);
  });

  it.skipIf(programOf('update-ca-trust') !== undefined)('says what is missing to change it', async () => {
    const machine = await givenMachine();
    await mkdir(join(machine.root, 'etc/pki/ca-trust/source/anchors'), { recursive: true });
    expect(await placeIn(systemStore, machine)).toMatchObject({
      obstacle: {
        reason: 'update-ca-trust is not installed',
        fix: ['as an administrator: dnf install ca-certificates'],
      },
    });
  });

  it("leaves another user's authority alone", async () => {
    const machine = await givenMachine();
    const folder = join(machine.root, anchors);
    await mkdir(folder, { recursive: true });
    const authority = await givenAuthority(machine);
    await writeFile(join(folder, 'platform-local-ca-somebody-else-01234567.crt'), 'no certificate at all');
    await writeFile(join(folder, 'ours.crt'), authority.pem);
    expect((await placeIn(systemStore, machine, authority)).found.map(({ name }) => basename(name))).toEqual([
      'ours.crt',
    ]);
    await rm(join(folder, 'ours.crt'));
    expect((await placeIn(systemStore, machine, authority)).found).toEqual([]);
  });
});
