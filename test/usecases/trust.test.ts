import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ensureAuthority, readAuthority } from '../../src/certificates/authority.js';
import { pathsFrom } from '../../src/paths.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import { createInterruption } from '../../src/plan/interruption.js';
import type { Ports } from '../../src/ports.js';
import { systemProcesses, type Processes } from '../../src/process.js';
import { carryOut, planInstall, planRemoval, trustStatus, type TrustOptions } from '../../src/usecases/trust.js';
import { createStyle } from '../../src/ui/style.js';
import { trustPlanText, trustResultText, trustStatusText } from '../../src/ui/trust-text.js';
import { alias, givenMachine, placeProgram, type FakeProcesses, type GivenMachine } from '../trust/given.js';

const style = createStyle({ color: false });
const anchors = 'usr/local/share/ca-certificates';

/** Below a root of its own, Debian's programs: the files are really copied, the bundle is put together by hand. */
function debian(machine: GivenMachine): FakeProcesses {
  const real = systemProcesses();
  const calls: (readonly string[])[] = [];
  const run: Processes['run'] = async (command, args, options) => {
    calls.push([basename(command), ...args]);
    const words = command === 'sudo' ? args.filter((word) => word !== '-n') : [command, ...args];
    const [program = '', ...rest] = words;
    if (program === 'true') return { stdout: '', stderr: '', exitCode: 0 };
    if (basename(program) !== 'update-ca-certificates') return real.run(program, rest, options);
    const folder = join(machine.root, anchors);
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
    await writeFile(join(machine.root, 'etc/ssl/certs/ca-certificates.crt'), texts.join(''));
    return { stdout: '', stderr: '', exitCode: 0 };
  };
  return { calls, run };
}

async function given(more: Partial<TrustOptions> = {}, variables: Record<string, string> = {}) {
  const machine = await givenMachine();
  for (const folder of [anchors, 'etc/ssl/certs', 'data']) await mkdir(join(machine.root, folder), { recursive: true });
  for (const program of ['update-ca-certificates', 'sudo']) await placeProgram(join(machine.bin, program));
  const processes = debian(machine);
  const ports: Ports = {
    processes,
    clock: machine.clock,
    paths: { ...pathsFrom({}, machine.home), data: machine.data },
    events: createEventHub(machine.clock),
    interruption: createInterruption(),
    variables: { ...machine.variables, ...variables },
  };
  const { root, home, platform } = machine;
  const options: TrustOptions = {
    stores: [],
    machine: { root, home, platform },
    isRoot: false,
    isInteractive: false,
    ...more,
  };
  return { machine, ports, options, processes, folder: join(root, anchors) };
}

const states = ({ places }: { places: readonly { store: string; state: string }[] }) =>
  Object.fromEntries(places.map(({ store, state }) => [store, state]));

describe('platform trust status', () => {
  it('says where nothing is, and that there is no authority yet', async () => {
    const { options, ports } = await given();
    const status = await trustStatus(options, ports);
    expect(status.authority).toBeUndefined();
    expect(states(status)).toEqual({ os: 'untrusted', nss: 'unavailable', java: 'unavailable', node: 'unavailable' });
    expect(await readAuthority(ports.paths)).toBeUndefined();
    const text = trustStatusText(status, style);
    expect(text).toMatch(/^There is no certificate authority yet/);
    expect(text).toContain('java  not here (there is no Java in JAVA_HOME or on PATH)');
  });

  it('tells every state apart', async () => {
    const { options, ports, machine, folder } = await given();
    const { validTo, pem } = await ensureAuthority(ports.paths, ports.clock);
    expect(states(await trustStatus(options, ports))).toMatchObject({ os: 'untrusted', node: 'untrusted' });
    await carryOut(await planInstall(options, ports), ports);
    expect(states(await trustStatus(options, ports))).toMatchObject({ os: 'trusted' });
    machine.clock.at = validTo + 1;
    await ensureAuthority(ports.paths, ports.clock);
    const status = await trustStatus(options, ports);
    expect(states(status)).toMatchObject({ os: 'other' });
    expect(trustStatusText(status, style)).toContain(`os    ${folder}: trusts a former one of ours only`);
    expect(await readFile(join(machine.root, 'etc/ssl/certs/ca-certificates.crt'), 'utf8')).toBe(pem);
  });

  it('looks only into the stores asked for', async () => {
    const { options, ports } = await given({ stores: ['os', 'java'] });
    expect(Object.keys(states(await trustStatus(options, ports)))).toEqual(['os', 'java']);
  });
});

describe('platform trust install', () => {
  it('shows what it will do, does it, and then has nothing to do', async () => {
    const { options, ports, processes, folder } = await given();
    const plan = await planInstall(options, ports);
    const authority = await readAuthority(ports.paths);
    const file = join(folder, `${alias({ fingerprint: authority?.fingerprint ?? '' })}.crt`);
    expect(await readdir(folder)).toEqual([]);
    const shown = trustPlanText(plan, style, 'To be trusted');
    expect(shown).toContain(`$ sudo install -m 0644 ${authority?.file ?? ''} ${file}\n`);
    expect(shown).toContain('update-ca-certificates');

    const result = await carryOut(plan, ports);
    expect(await readFile(file, 'utf8')).toBe(authority?.pem);
    expect(processes.calls.map((words) => words.slice(0, 3))).toEqual([
      ['sudo', '-n', 'true'],
      ['sudo', '-n', 'install'],
      ['sudo', '-n', expect.stringMatching(/^\/.*update-ca-certificates$/)],
    ]);
    expect(result).toMatchObject({
      authority: { fingerprint: authority?.fingerprint },
      changed: [{ store: 'os', where: folder }],
    });
    expect(trustResultText(result, style)).toContain(`${folder}: changed`);
    expect(result.advice[0]).toContain('NODE_EXTRA_CA_CERTS=');

    const again = await planInstall(options, ports);
    expect(again.changes).toEqual([]);
    expect(states({ places: again.others })).toMatchObject({ os: 'trusted', node: 'untrusted' });
  });

  it('keeps a renewed authority until its end, and removes it then', async () => {
    const { options, ports, machine, folder } = await given();
    await carryOut(await planInstall(options, ports), ports);
    const { validTo } = await ensureAuthority(ports.paths, ports.clock);
    machine.clock.at = validTo - 1000;
    await carryOut(await planInstall(options, ports), ports);
    expect(await readdir(folder)).toHaveLength(2);
    machine.clock.at = validTo + 1000;
    await carryOut(await planInstall(options, ports), ports);
    const now = await readAuthority(ports.paths);
    expect(await readdir(folder)).toEqual([`${alias({ fingerprint: now?.fingerprint ?? '' })}.crt`]);
  });

  it('ends with the commands where nobody may run them', async () => {
    const { options, ports, machine, folder } = await given();
    const nobody = { ...ports, variables: { PATH: join(machine.root, 'bin-without-sudo') } };
    await placeProgram(join(machine.root, 'bin-without-sudo', 'update-ca-certificates'));
    const plan = await planInstall(options, nobody);
    expect(plan.elevation).toEqual({ by: 'nobody', reason: 'there is no sudo on PATH' });
    await expect(carryOut(plan, nobody)).rejects.toMatchObject({
      code: 'prerequisite',
      message: 'only an administrator can change the rest: there is no sudo on PATH',
      output: expect.stringMatching(/^install -m 0644 .*\n\/\S*update-ca-certificates$/) as unknown,
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says why a password will be asked for', async () => {
    const { options, ports } = await given({ isInteractive: true });
    const plan = await planInstall(options, {
      ...ports,
      processes: { run: () => Promise.resolve({ stdout: '', stderr: '', exitCode: 1 }) },
    });
    expect(plan.elevation).toEqual({ by: 'sudo-asking' });
    expect(trustPlanText(plan, style, 'To be trusted')).toMatch(/sudo asks for your password, as what all users/);
  });

  it('asks no sudo of an administrator, nor where only browsers are to be changed', async () => {
    const root = await given({ isRoot: true });
    const plan = await planInstall(root.options, root.ports);
    expect(trustPlanText(plan, style, '')).not.toContain('sudo');
    await carryOut(plan, root.ports);
    expect(root.processes.calls.flat()).not.toContain('sudo');
    const browsers = await given({ stores: ['nss'] });
    expect(await planInstall(browsers.options, browsers.ports)).toMatchObject({
      changes: [],
      elevation: { by: 'nothing' },
    });
    expect(browsers.processes.calls).toEqual([]);
  });

  it('is refused as a whole under sudo, where it would be about another authority', async () => {
    const { options, ports } = await given({ isRoot: true }, { SUDO_USER: `not-${userInfo().username}` });
    await expect(planInstall(options, ports)).rejects.toMatchObject({ code: 'usage' });
    await expect(planRemoval(options, ports)).rejects.toThrow(/the authority of root, not of not-/);
    expect(await readAuthority(ports.paths)).toBeUndefined();
    // As `sudo -u ann` leaves it.
    expect(await planRemoval({ ...options, isRoot: false }, ports)).toMatchObject({ changes: [] });
  });
});

describe('platform trust remove', () => {
  it('takes out all of this user, and nothing else', async () => {
    const { options, ports, machine, folder } = await given();
    await writeFile(join(folder, 'corporate.crt'), 'something else');
    await carryOut(await planInstall(options, ports), ports);
    const { validTo } = await ensureAuthority(ports.paths, ports.clock);
    machine.clock.at = validTo - 1000;
    await carryOut(await planInstall(options, ports), ports);
    expect(await readdir(folder)).toHaveLength(3);
    const result = await carryOut(await planRemoval(options, ports), ports);
    expect(await readdir(folder)).toEqual(['corporate.crt']);
    expect(result.changed).toMatchObject([{ store: 'os' }]);
    expect((await planRemoval(options, ports)).changes).toEqual([]);
    expect(await readAuthority(ports.paths)).toBeDefined();
  });

  it('knows what to remove also when the authority itself is gone', async () => {
    const { options, ports, folder } = await given();
    await carryOut(await planInstall(options, ports), ports);
    const elsewhere = { ...ports, paths: { ...ports.paths, data: join(ports.paths.data, 'elsewhere') } };
    await carryOut(await planRemoval(options, elsewhere), elsewhere);
    expect(await readdir(folder)).toEqual([]);
  });
});
