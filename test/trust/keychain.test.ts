import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keychain } from '../../src/trust/keychain.js';
import { fakeProcesses, givenAuthorities, givenMachine, placeIn } from './given.js';

/** `security` as its manual has it: what is in the keychain, and whether the given file is trusted. */
function security(pems: readonly string[], isTrusted: boolean) {
  return fakeProcesses((command, [verb]) => {
    if (command !== 'security') throw new Error(`unexpected: ${command}`);
    if (verb === 'find-certificate') return { stdout: pems.join(''), exitCode: pems.length > 0 ? 0 : 44 };
    return { exitCode: isTrusted ? 0 : 1 };
  });
}

const sha1 = (pem: string) => new X509Certificate(pem).fingerprint.replaceAll(':', '');

describe('the keychain of macOS', () => {
  it('gets the authority, and loses the one before', async () => {
    const given = await givenMachine({ platform: 'darwin' });
    const { before, now } = await givenAuthorities(given);
    const processes = security([before.pem], false);
    const place = await placeIn(keychain, { ...given, processes }, now);
    const file = join(given.root, 'Library/Keychains/System.keychain');
    expect(processes.calls).toEqual([
      ['security', 'find-certificate', '-a', '-c', 'platform local CA', '-p', file],
      ['security', 'verify-cert', '-q', '-l', '-L', '-c', now.file],
    ]);
    expect(place).toMatchObject({ store: 'os', where: file, isSystemWide: true });
    expect(place.found).toMatchObject([{ fingerprint: before.fingerprint }]);
    expect(place.commands([now])).toEqual([
      { command: 'security', args: ['delete-certificate', '-t', '-Z', sha1(before.pem), file] },
      { command: 'security', args: ['add-trusted-cert', '-d', '-r', 'trustRoot', '-k', file, now.file] },
    ]);
    expect(place.commands([])).toHaveLength(1);
  });

  it.each([
    [true, false],
    [false, true],
  ])('counts a certificate in it only when it is trusted: %s', async (isTrusted, isIdle) => {
    const given = await givenMachine({ platform: 'darwin' });
    const { now } = await givenAuthorities(given);
    const place = await placeIn(keychain, { ...given, processes: security([now.pem], isTrusted) }, now);
    expect(place.found).toMatchObject([{ fingerprint: now.fingerprint, isIdle }]);
  });

  it('has nothing of ours where nothing was put', async () => {
    const given = await givenMachine({ platform: 'darwin' });
    const place = await placeIn(keychain, { ...given, processes: security([], false) });
    expect(place.found).toEqual([]);
    expect(place.commands([])).toEqual([]);
  });
});
