import { mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asset } from '../../src/paths.js';
import { java } from '../../src/trust/java.js';
import {
  alias,
  fakeProcesses,
  givenAuthorities,
  givenAuthority,
  givenMachine,
  placeIn,
  placeProgram,
  programOf,
  runAll,
  type GivenMachine,
} from './given.js';

const keytool = programOf('keytool');

/** A Java of its own: the real keytool, and a store with one authority in it, as a copy of the real one takes long to read. */
async function withJava() {
  const machine = await givenMachine();
  const home = join(machine.root, 'jdk');
  const real = dirname(dirname(await realpath(keytool ?? '')));
  for (const folder of ['bin', 'lib/security']) await mkdir(join(home, folder), { recursive: true });
  const cacerts = join(home, 'lib/security/cacerts');
  await symlink(join(real, 'bin/keytool'), join(home, 'bin/keytool'));
  const tool = (...args: string[]) =>
    machine.processes.run(join(home, 'bin/keytool'), [...args, '-keystore', cacerts, '-storepass', 'changeit']);
  await tool(
    '-importcert',
    '-noprompt',
    '-alias',
    'public',
    '-file',
    asset('test/fixtures/api-server/certificate.pem'),
  );
  return { ...machine, tool, cacerts, variables: { ...machine.variables, JAVA_HOME: home } };
}

describe.skipIf(keytool === undefined)('the store of Java (needs keytool)', () => {
  it('is changed, and changed back', async () => {
    const machine = await withJava();
    const authority = await givenAuthority(machine);
    const place = await placeIn(java, machine, authority);
    expect(place).toMatchObject({ store: 'java', where: machine.cacerts, found: [] });
    await runAll(place, [authority], machine.processes);
    const there = await placeIn(java, machine, authority);
    expect(there.found).toEqual([{ name: alias(authority), fingerprint: authority.fingerprint }]);
    await runAll(there, [], machine.processes);
    expect((await placeIn(java, machine, authority)).found).toEqual([]);
  }, 60_000);

  it('loses former authorities, also where Debian copied them, and nothing else', async () => {
    const machine = await withJava();
    const { before, now } = await givenAuthorities(machine);
    await machine.tool('-importcert', '-noprompt', '-alias', `debian:${alias(before)}.pem`, '-file', before.file);
    expect((await placeIn(java, machine, now)).found).toMatchObject([{ fingerprint: before.fingerprint }]);
    await runAll(await placeIn(java, machine, now), [now], machine.processes);
    expect((await placeIn(java, machine, now)).found).toMatchObject([{ fingerprint: now.fingerprint }]);
    expect((await machine.tool('-list', '-alias', 'public')).stdout).toContain('trustedCertEntry');
  }, 60_000);

  it('that has another password is said to be so', async () => {
    const machine = await withJava();
    await writeFile(machine.cacerts, 'this is no key store');
    const { obstacle, commands } = await placeIn(java, machine);
    expect(obstacle?.reason).toMatch(/^keytool cannot read it: keytool error: /);
    expect(commands([])).toEqual([]);
  }, 60_000);
});

describe('the Javas of a machine', () => {
  async function home(machine: GivenMachine, name: string, security = 'lib/security'): Promise<string> {
    const folder = join(machine.root, name);
    for (const program of ['java', 'keytool']) await placeProgram(join(folder, 'bin', program));
    await mkdir(join(folder, security), { recursive: true });
    await writeFile(join(folder, security, 'cacerts'), '');
    return folder;
  }
  const empty = fakeProcesses(() => ({ stdout: 'Your keystore contains 0 entries' }));

  it('are that of JAVA_HOME and that on PATH, each once', async () => {
    const given = await givenMachine({ processes: empty });
    const [one, two] = [await home(given, 'jdk-21'), await home(given, 'jdk-8', 'jre/lib/security')];
    await symlink(join(two, 'bin/java'), join(given.bin, 'java'));
    const places = async (JAVA_HOME?: string) =>
      (await java.places({ ...given, variables: { ...given.variables, JAVA_HOME } }, undefined)).map(
        ({ where }) => where,
      );
    expect(await places(one)).toEqual([join(one, 'lib/security/cacerts'), join(two, 'jre/lib/security/cacerts')]);
    expect(await places(two)).toEqual([join(two, 'jre/lib/security/cacerts')]);
    expect(await places()).toEqual([join(two, 'jre/lib/security/cacerts')]);
    await rm(join(given.bin, 'java'));
    expect(await places()).toEqual([]);
  });

  it('are what java_home says on macOS, where the one on PATH only looks for it', async () => {
    const machine = await givenMachine({ platform: 'darwin' });
    const real = await home(machine, 'Library/Java/JavaVirtualMachines/temurin/Contents/Home');
    await placeProgram(join(machine.bin, 'java'));
    const processes = fakeProcesses((command) => (command === '/usr/libexec/java_home' ? { stdout: `${real}\n` } : {}));
    const place = await placeIn(java, { ...machine, processes });
    expect(place.where).toBe(join(real, 'lib/security/cacerts'));
  });

  it('that lack keytool are said to', async () => {
    const machine = await givenMachine({ processes: empty });
    const folder = await home(machine, 'jre');
    await rm(join(folder, 'bin/keytool'));
    const place = await placeIn(java, { ...machine, variables: { JAVA_HOME: folder } });
    expect(place.obstacle?.reason).toBe(`${join(folder, 'bin/keytool')} is missing`);
    expect(await readFile(join(folder, 'lib/security/cacerts'), 'utf8')).toBe('');
  });
});
