import type { CertificateFile } from '../certificates/certificate.js';
import type { TrustPlace } from './store.js';

/**
 * Whether programs that look in a place trust our authority: `other` means that it has one of this user's that is not
 * the present one, `unavailable` that there is no such place or that it cannot be changed.
 */
export type TrustState = 'trusted' | 'untrusted' | 'other' | 'unavailable';

export function stateOf(place: TrustPlace, authority: CertificateFile | undefined): TrustState {
  const present = place.found.find(({ fingerprint }) => fingerprint === authority?.fingerprint);
  if (present && !present.isIdle) return 'trusted';
  if (place.obstacle) return 'unavailable';
  return place.found.some((one) => one !== present) ? 'other' : 'untrusted';
}

/**
 * What a place is to have: the authority, and of its predecessors those that are there already and still valid, as what
 * they signed is in use until it is renewed.
 */
export function wantedIn(
  place: TrustPlace,
  authority: CertificateFile & { readonly former: readonly CertificateFile[] },
  now: number,
): readonly CertificateFile[] {
  const kept = authority.former.filter(
    ({ fingerprint, validTo }) => validTo > now && place.found.some((one) => one.fingerprint === fingerprint),
  );
  return [authority, ...kept];
}

/** True when a place has exactly these of this user's certificates, and all of them count. */
export function hasExactly({ found }: TrustPlace, wanted: readonly CertificateFile[]): boolean {
  const there = new Set(found.map(({ fingerprint }) => fingerprint));
  return (
    found.every(({ isIdle }) => !isIdle) &&
    there.size === wanted.length &&
    wanted.every(({ fingerprint }) => there.has(fingerprint))
  );
}
