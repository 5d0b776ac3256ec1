import { describe, expect, it } from 'vitest';
import { changeOf } from '../../src/releases/change.js';
import type { ObservedRelease } from '../../src/releases/helm/observed.js';

const wanted = { input: 'aaaa', standIn: false };

/** Revision 3, as we installed it from the wanted input. */
function observed(more: Partial<ObservedRelease> = {}): ObservedRelease {
  return {
    name: 'web',
    namespace: 'shop',
    revision: 3,
    status: 'deployed',
    input: 'aaaa',
    ownRevision: 3,
    environment: 'shop',
    standIn: false,
    secret: 'sh.helm.release.v1.web.v3',
    createdAt: undefined,
    ...more,
  };
}

describe('whether a release has to be installed or upgraded', () => {
  it('is no when all is as wanted', () => {
    expect(changeOf(observed(), wanted)).toEqual({ status: 'unchanged' });
  });

  it('is yes when it is not there', () => {
    expect(changeOf(undefined, wanted)).toEqual({ status: 'changed', why: 'new', reason: 'new' });
  });

  it.each([
    [
      'an install that was cut short',
      { status: 'pending-install', revision: 1, ownRevision: 1 },
      'pending',
      'revision 1 was left pending-install',
    ],
    ['an upgrade that was cut short', { status: 'pending-upgrade' }, 'pending', 'revision 3 was left pending-upgrade'],
    [
      'a rollback that was cut short',
      { status: 'pending-rollback' },
      'pending',
      'revision 3 was left pending-rollback',
    ],
    ['an uninstall that was cut short', { status: 'uninstalling' }, 'uninstalling', 'its uninstalling was cut short'],
    ['one that failed', { status: 'failed' }, 'failed', 'revision 3 is failed'],
    ['one that was uninstalled, its history kept', { status: 'uninstalled' }, 'failed', 'revision 3 is uninstalled'],
    [
      'one that somebody else installed',
      { ownRevision: undefined, input: undefined },
      'foreign',
      'revision 3 was not installed by platform',
    ],
    [
      'an upgrade by somebody else, which carries our labels forward',
      { revision: 4 },
      'foreign',
      'revision 4 was written by someone else after ours (3)',
    ],
    [
      'a rollback to an older one of ours, which carries its labels forward',
      { revision: 4, ownRevision: 2 },
      'foreign',
      'revision 4 was written by someone else after ours (2)',
    ],
    ['a stand-in whose real chart is here now', { standIn: true }, 'replaced', 'the real chart replaces the stand-in'],
    ['another chart or other values', { input: 'bbbb' }, 'input', 'its chart or values changed'],
  ] as const)('is yes for %s', (_, found, why, reason) => {
    expect(changeOf(observed(found), wanted)).toEqual({ status: 'changed', why, reason });
  });

  it('is no for a stand-in as long as a stand-in is wanted', () => {
    expect(changeOf(observed({ standIn: true }), { ...wanted, standIn: true })).toEqual({ status: 'unchanged' });
  });

  it('names the cut-short revision rather than the changed input', () => {
    expect(changeOf(observed({ status: 'pending-upgrade', input: 'bbbb' }), wanted)).toMatchObject({ why: 'pending' });
  });
});
