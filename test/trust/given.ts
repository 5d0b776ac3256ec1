import { existsSync } from 'node:fs';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { userInfo } from 'node:os';
import { ensureAuthority, type Authority } from '../../src/certificates/authority.js';
import type { CertificateFile } from '../../src/certificates/certificate.js';
import type { Clock } from '../../src/clock.js';
import { systemProcesses, type ProcessResult, type Processes } from '../../src/process.js';
import type { TrustMachine, TrustPlace, TrustStore } from '../../src/trust/store.js';
import { clockAt, temporaryFolder } from '../certificates/given.js';

export interface GivenMachine extends TrustMachine {
  /** The only folder on PATH. */
  readonly bin: string;
  /** XDG data folder. */
  readonly data: string;
  readonly clock: Clock & { at: number };
}

/** A machine of its own: no program but those put into `bin`, no store but those made in it. */
export async function givenMachine(more: Partial<TrustMachine> = {}): Promise<GivenMachine> {
  const root = await temporaryFolder();
  const [home, bin, data] = [join(root, 'home', 'ann'), join(root, 'bin'), join(root, 'data')];
  for (const folder of [home, bin]) await mkdir(folder, { recursive: true });
  const variables = { PATH: bin, ...more.variables };
  const base = { root, home, platform: 'linux', processes: systemProcesses(), bin, data, clock: clockAt() } as const;
  return { ...base, ...more, variables };
}

/** Two authorities of this user: the one before, in the file where it was put aside, and the one that replaced it. */
export async function givenAuthorities(
  machine: GivenMachine,
): Promise<{ readonly before: CertificateFile; readonly now: Authority }> {
  const { validTo } = await ensureAuthority(machine, machine.clock);
  machine.clock.at = validTo - 1000;
  const now = await ensureAuthority(machine, machine.clock);
  const [before] = now.former;
  if (!before) throw new Error('it was not renewed');
  return { before, now };
}

export function givenAuthority(machine: GivenMachine): Promise<Authority> {
  return ensureAuthority(machine, machine.clock);
}

/** Puts a program of this machine where the given one finds it; where this machine has it. */
export async function lend(machine: GivenMachine, ...programs: string[]): Promise<void> {
  for (const program of programs) {
    const path = programOf(program);
    if (path === undefined) throw new Error(`${program} is not on this machine`);
    await symlink(await realpath(path), join(machine.bin, program));
  }
}

export function programOf(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A program that is only looked for, never run. */
export async function placeProgram(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '#!/bin/sh\nexit 99\n');
  await chmod(path, 0o755);
}

export interface FakeProcesses extends Processes {
  /** Command lines in order, as words. */
  readonly calls: (readonly string[])[];
}

/** Programs whose answers are known; `undefined` means success without a word. */
export function fakeProcesses(
  answer: (command: string, args: readonly string[]) => Partial<ProcessResult> | undefined,
): FakeProcesses {
  const calls: (readonly string[])[] = [];
  return {
    calls,
    run(command, args) {
      calls.push([command, ...args]);
      return Promise.resolve({ stdout: '', stderr: '', exitCode: 0, ...answer(command, args) });
    },
  };
}

/** The only place of a store. */
export async function placeIn(
  store: TrustStore,
  machine: TrustMachine,
  authority?: Parameters<TrustStore['places']>[1],
): Promise<TrustPlace> {
  const [place, ...others] = await store.places(machine, authority);
  if (!place || others.length > 0) throw new Error(`${String(others.length + (place ? 1 : 0))} places`);
  return place;
}

/** What the commands of a place really do. */
export async function runAll(place: TrustPlace, wanted: Parameters<TrustPlace['commands']>[0], processes: Processes) {
  for (const { command, args } of place.commands(wanted)) await processes.run(command, args);
}

const user = userInfo()
  .username.replace(/[^\w.-]/g, '-')
  .toLowerCase();

/** Our name of a certificate in a store. */
export function alias({ fingerprint }: { readonly fingerprint: string }): string {
  return `platform-local-ca-${user}-${fingerprint.slice(0, 8)}`;
}
