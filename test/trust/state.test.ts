import { describe, expect, it } from 'vitest';
import type { CertificateFile } from '../../src/certificates/certificate.js';
import { hasExactly, stateOf, wantedIn } from '../../src/trust/state.js';
import type { FoundCertificate, TrustPlace } from '../../src/trust/store.js';

const certificate = (fingerprint: string, validTo = 100): CertificateFile => ({
  fingerprint,
  validTo,
  validFrom: 0,
  pem: '',
  file: `/${fingerprint}.pem`,
});
const now = certificate('now', 1000);

function place(found: readonly FoundCertificate[], isBlocked = false): TrustPlace {
  return {
    store: 'os',
    where: '/store',
    readers: 'most',
    isSystemWide: false,
    found,
    ...(isBlocked && { obstacle: { reason: 'no program', fix: [] } }),
    commands: () => [],
  };
}

const entry = (fingerprint: string, isIdle = false) => ({ fingerprint, name: fingerprint, isIdle });

describe('the state of a place', () => {
  it.each([
    ['trusted', [entry('now')], false],
    ['trusted', [entry('before'), entry('now')], false],
    ['trusted', [entry('now')], true],
    ['untrusted', [], false],
    ['untrusted', [entry('now', true)], false],
    ['other', [entry('before')], false],
    ['unavailable', [], true],
  ] as const)('is %s with %j (obstacle: %s)', (state, found, isBlocked) => {
    expect(stateOf(place(found, isBlocked), now)).toBe(state);
  });

  it('is never trusted where there is no authority', () => {
    expect(stateOf(place([]), undefined)).toBe('untrusted');
    expect(stateOf(place([entry('before')]), undefined)).toBe('other');
  });
});

describe('what a place is to have', () => {
  const authority = { ...now, former: [certificate('before', 100), certificate('ended', 10)] };

  it('is the authority, and a former one that is there as long as it is valid', () => {
    const names = (found: readonly FoundCertificate[], at: number) =>
      wantedIn(place(found), authority, at).map(({ fingerprint }) => fingerprint);
    expect(names([], 50)).toEqual(['now']);
    expect(names([entry('before'), entry('ended')], 50)).toEqual(['now', 'before']);
    expect(names([entry('before')], 100)).toEqual(['now']);
  });

  it('is there when exactly that is, and all of it counts', () => {
    expect(hasExactly(place([entry('now')]), [now])).toBe(true);
    expect(hasExactly(place([]), [])).toBe(true);
    expect(hasExactly(place([]), [now])).toBe(false);
    expect(hasExactly(place([entry('now', true)]), [now])).toBe(false);
    expect(hasExactly(place([entry('now'), entry('before')]), [now])).toBe(false);
    expect(hasExactly(place([entry('before')]), [now])).toBe(false);
  });

  it('is there too where the same one lies twice', () => {
    expect(hasExactly(place([entry('now'), entry('now')]), [now])).toBe(true);
  });
});
