import type { Clock } from '../clock.js';
import { withFileLock } from '../file-lock.js';
import type { Paths } from '../paths.js';
import {
  adopt,
  authorityPlaces,
  close,
  exposure,
  finishAdoption,
  readFormer,
  readPair,
  type AuthorityPlaces,
} from './authority-files.js';
import { dayOf, type Certificate, type CertificateFile } from './certificate.js';
import { makeAuthority } from './make-authority.js';

/**
 * Milliseconds before its end at which an authority is renewed. cert-manager renews a certificate after two of its
 * three months: whatever the old authority signed last is renewed by the new one while the old one is still valid.
 */
const renewalMs = 90 * 24 * 60 * 60_000;

/** The certificate authority of this user, kept across environments. */
export interface Authority extends CertificateFile {
  /** Its predecessors, which signed what is still in use. */
  readonly former: readonly CertificateFile[];
  /** How others can come at its key, by the permissions of the files, if they can. */
  readonly exposure: string | undefined;
  /** The private key, PKCS #8 in PEM; a function so that nothing prints it by accident. */
  readonly key: () => string;
}

export interface EnsuredAuthority extends Authority {
  /** What had to be done: made anew, renewed before its end, closed to other users. */
  readonly changes: readonly ('made' | 'renewed' | 'closed')[];
}

/**
 * The authority of this user; `undefined` while there is none. Asks for no lock: what it reads is always one pair.
 * @throws PlatformError `conflict` when its files are damaged or not ours
 */
export async function readAuthority(paths: Pick<Paths, 'data'>): Promise<Authority | undefined> {
  const places = authorityPlaces(paths);
  const pair = await readPair(places);
  if (!pair) return undefined;
  const { pem, fingerprint, validFrom, validTo, key } = pair;
  const [former, exposed] = await Promise.all([readFormer(places), exposure(places)]);
  return {
    pem,
    fingerprint,
    validFrom,
    validTo,
    file: places.certificate,
    // The one before is kept a moment before it is replaced.
    former: former.filter((one) => one.fingerprint !== fingerprint),
    exposure: exposed,
    key: () => key,
  };
}

/** Why an authority is to be renewed; `undefined` while it is not. */
export function renewalOf({ validTo }: Certificate, clock: Clock): string | undefined {
  const left = validTo - clock.now();
  if (left > renewalMs) return undefined;
  return left > 0 ? `it ends on ${dayOf(validTo)}` : `it ended on ${dayOf(validTo)}`;
}

/**
 * The authority of this user, made where there is none, renewed before it ends, its files closed to others. Processes
 * that ask at once get the same one. Never overwrites what it does not understand.
 * @throws PlatformError `conflict` as {@link readAuthority}
 */
export async function ensureAuthority(
  paths: Pick<Paths, 'data'>,
  clock: Clock,
  signal: AbortSignal = new AbortController().signal,
): Promise<EnsuredAuthority> {
  const found = await readAuthority(paths);
  if (found && !found.exposure && !renewalOf(found, clock)) return { ...found, changes: [] };
  const places = authorityPlaces(paths);
  return withFileLock(places.lock, { clock, signal }, () => mend(paths, places, clock));
}

async function mend(paths: Pick<Paths, 'data'>, places: AuthorityPlaces, clock: Clock): Promise<EnsuredAuthority> {
  const changes: EnsuredAuthority['changes'][number][] = [];
  await finishAdoption(places);
  const found = await readAuthority(paths);
  if (found?.exposure) {
    await close(places);
    changes.push('closed');
  }
  if (!found || renewalOf(found, clock)) {
    await adopt(places, await makeAuthority(clock.now()), found);
    changes.push(found ? 'renewed' : 'made');
  }
  const authority = await readAuthority(paths);
  if (!authority) throw new Error(`${places.folder} was removed while it was written`);
  return { ...authority, changes };
}

/** What of the authority is on this machine: for whoever removes everything. */
export function authorityFiles(paths: Pick<Paths, 'data'>): readonly string[] {
  return [authorityPlaces(paths).folder];
}
