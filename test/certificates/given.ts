import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { systemProcesses, type ProcessResult } from '../../src/process.js';

export const dayMs = 24 * 60 * 60_000;

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'platform-certificates-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A clock that stands still where it is put; only those who sleep take real time. */
export function clockAt(now = Date.now()): Clock & { now: () => number; at: number } {
  const clock = {
    at: now,
    now: () => clock.at,
    sleep: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.min(milliseconds, 20))),
  };
  return clock;
}

/** True when a program is on PATH. */
export function has(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

export function openssl(...args: string[]): Promise<ProcessResult> {
  return systemProcesses().run('openssl', args, { allowFailure: true });
}

interface Wanted {
  /** File name in the folder, without `.pem`. */
  readonly name: string;
  readonly extensions: readonly string[];
  /** Signs it; itself without one. */
  readonly issuer?: { readonly certificate: string; readonly key: string };
  readonly days?: number;
}

/** A certificate made by openssl: the path of its PEM file. */
export async function certificate(folder: string, { name, extensions, issuer, days = 30 }: Wanted): Promise<string> {
  const path = join(folder, `${name}.pem`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.ext`, ['[v3]', ...extensions, ''].join('\n'));
  const request = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${path}.key`];
  const subject = ['-subj', `/CN=${name}`];
  const { exitCode, stderr } = await openssl('req', '-new', ...request, ...subject, '-out', `${path}.csr`);
  if (exitCode !== 0) throw new Error(stderr);
  const signer = issuer
    ? ['-CA', issuer.certificate, '-CAkey', issuer.key, '-CAcreateserial', '-CAserial', `${path}.srl`]
    : ['-signkey', `${path}.key`];
  const made = ['-req', '-in', `${path}.csr`, '-days', String(days), '-extfile', `${path}.ext`, '-extensions', 'v3'];
  const signed = await openssl('x509', ...made, ...signer, '-out', path);
  if (signed.exitCode !== 0) throw new Error(signed.stderr);
  return path;
}
