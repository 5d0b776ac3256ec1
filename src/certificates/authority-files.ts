import { createPrivateKey } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError, systemCode } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import type { Paths } from '../paths.js';
import {
  commonNameOf,
  dayOf,
  pemBlocks,
  readCertificate,
  type Certificate,
  type CertificateFile,
} from './certificate.js';
import { isAuthoritySubject } from './authority-subject.js';
import type { KeyPair } from './make-authority.js';

const folderMode = 0o700;
const keyMode = 0o600;

/** Where the authority of this user is kept. */
export interface AuthorityPlaces {
  readonly folder: string;
  readonly certificate: string;
  readonly key: string;
  /** A pair that is to become the authority, until both its files have taken their places. */
  readonly next: { readonly certificate: string; readonly key: string };
  readonly lock: string;
}

export function authorityPlaces({ data }: Pick<Paths, 'data'>): AuthorityPlaces {
  const folder = join(data, 'ca');
  return {
    folder,
    certificate: join(folder, 'ca.pem'),
    key: join(folder, 'ca.key'),
    next: { certificate: join(folder, 'next.pem'), key: join(folder, 'next.key') },
    lock: join(data, 'ca.lock'),
  };
}

/**
 * The pair that is the authority now, `undefined` where there is none.
 * @throws PlatformError `conflict` when what is there cannot be one: it is never overwritten
 */
export async function readPair(places: AuthorityPlaces): Promise<(Certificate & KeyPair) | undefined> {
  const { certificate, key, next } = await readAll(places);
  // A crash, or another process at this moment, is between the two renames of `adopt`.
  if (key !== undefined && next !== undefined && isPair(next, key)) return pairOf(places, next, key);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined) throw damaged(places, `${places.certificate} is missing, but its key is there`);
  if (key === undefined) throw damaged(places, `${places.key} is missing, but its certificate is there`);
  return pairOf(places, certificate, key);
}

/** Certificates that were the authority before, newest last; some may have expired by now. */
export async function readFormer({ folder }: AuthorityPlaces): Promise<readonly CertificateFile[]> {
  const names = (await readdir(folder)).filter((name) => /^former-[0-9a-f]+\.pem$/.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      return pemBlocks(await readFile(file, 'utf8')).map((pem) => ({ ...readCertificate(pem), file }));
    }),
  );
  return found.flat().sort((one, other) => one.validTo - other.validTo);
}

/** Makes a pair the authority, keeping the certificate of the one before; to be called under the lock. */
export async function adopt(places: AuthorityPlaces, pair: KeyPair, before?: Certificate): Promise<void> {
  await mkdir(places.folder, { recursive: true, mode: folderMode });
  if (before) {
    await writeFileAtomically(join(places.folder, `former-${before.fingerprint.slice(0, 16)}.pem`), before.pem);
  }
  await writeFileAtomically(places.next.key, pair.key, { mode: keyMode });
  await writeFileAtomically(places.next.certificate, pair.certificate);
  await rename(places.next.key, places.key);
  await rename(places.next.certificate, places.certificate);
}

/** Ends what a crash in the middle of {@link adopt} left; to be called under the lock. */
export async function finishAdoption(places: AuthorityPlaces): Promise<void> {
  const { key, next } = await readAll(places);
  if (key !== undefined && next !== undefined && isPair(next, key)) {
    await rename(places.next.certificate, places.certificate);
  }
}

/** What others than the owner may do with the key, by the permissions; `undefined` when nothing. */
export async function exposure({ folder, key }: AuthorityPlaces): Promise<string | undefined> {
  const [folderIs, keyIs] = await Promise.all([stat(folder), stat(key)]);
  for (const [path, { mode }, wanted] of [
    [key, keyIs, keyMode],
    [folder, folderIs, folderMode],
  ] as const) {
    if ((mode & 0o077) !== 0) {
      return `${path} is open to other users (${octal(mode & 0o777)} instead of ${octal(wanted)})`;
    }
  }
  return undefined;
}

export async function close({ folder, key }: AuthorityPlaces): Promise<void> {
  await chmod(folder, folderMode);
  await chmod(key, keyMode);
}

async function readAll({ certificate, key, next }: AuthorityPlaces) {
  for (;;) {
    const before = await textOf(certificate);
    const found = { certificate: before, key: await textOf(key), next: await textOf(next.certificate) };
    // The certificate is the last to take its place: while it is the same, the three belong together.
    if ((await textOf(certificate)) === before) return found;
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new PlatformError('prerequisite', `${path} cannot be read`, { cause: error });
  }
}

function isPair(certificate: string, key: string): boolean {
  try {
    return readCertificate(certificate).x509.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function pairOf(places: AuthorityPlaces, certificate: string, key: string): Certificate & KeyPair {
  const read = parsed(() => readCertificate(certificate), places, `${places.certificate} is not a certificate`);
  const name = commonNameOf(read.x509);
  if (!isAuthoritySubject(name) || !read.x509.ca) {
    throw damaged(places, `${places.certificate} is not an authority of ours: its name is "${name}"`);
  }
  const privateKey = parsed(() => createPrivateKey(key), places, `${places.key} is not a private key`);
  if (!read.x509.checkPrivateKey(privateKey)) {
    const end = `valid until ${dayOf(read.validTo)}`;
    throw damaged(places, `${places.key} is not the key of ${places.certificate} (${name}, ${end})`);
  }
  const { pem, fingerprint, validFrom, validTo } = read;
  return { pem, fingerprint, validFrom, validTo, certificate, key };
}

// The crypto library's own words may quote what it was given, and this is about keys.
function parsed<T>(read: () => T, places: AuthorityPlaces, problem: string): T {
  try {
    return read();
  } catch {
    throw damaged(places, problem);
  }
}

function damaged({ folder }: AuthorityPlaces, problem: string): PlatformError {
  return new PlatformError('conflict', problem, {
    suggestions: [
      'put the file back from a copy, if there is one; nothing was changed',
      `or begin with a new authority: mv ${folder} ${folder}.damaged, then \`platform trust install\``,
    ],
  });
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
