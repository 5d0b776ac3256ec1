import { fork } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authorityFiles, ensureAuthority, readAuthority, renewalOf } from '../../src/certificates/authority.js';
import { makeAuthority } from '../../src/certificates/make-authority.js';
import { asset } from '../../src/paths.js';
import { certificate, clockAt, dayMs, has, openssl, temporaryFolder } from './given.js';

/** A folder with an authority made now. */
async function given() {
  const data = await temporaryFolder();
  const clock = clockAt();
  const authority = await ensureAuthority({ data }, clock);
  const file = (name: string) => join(data, 'ca', name);
  return { data, clock, authority, file, key: file('ca.key'), pem: file('ca.pem') };
}

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
const openssl3 = describe.skipIf(!has('openssl'));

openssl3('the authority, as openssl reads it (needs openssl on PATH)', () => {
  it('may sign the certificates of local names, and nothing else', async () => {
    const { pem } = await given();
    const { stdout } = await openssl('x509', '-in', pem, '-noout', '-text', '-nameopt', 'RFC2253');
    expect(stdout).toMatch(/Subject: CN=platform local CA \(\S+@\S+\)\n/);
    expect(stdout).toContain('Signature Algorithm: ecdsa-with-SHA256');
    expect(stdout).toContain('NIST CURVE: P-256');
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(stdout).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(stdout.replace(/\n +/g, ' ')).toContain(
      'Name Constraints: critical Permitted: DNS:localhost DNS:local DNS:test DNS:internal DNS:svc DNS:cluster.local ' +
        'IP:127.0.0.0/255.0.0.0 IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF',
    );
    const verified = await openssl('verify', '-check_ss_sig', '-x509_strict', '-CAfile', pem, pem);
    expect(verified.stdout).toBe(`${pem}: OK\n`);
  });

  it.each([
    ['DNS:shop.localhost', true],
    ['DNS:webportal.local', true],
    ['DNS:auth.app-services.svc', true],
    ['DNS:auth.app-services.svc.cluster.local', true],
    ['IP:127.0.0.1', true],
    ['IP:::1', true],
    ['DNS:example.com', false],
    ['DNS:localhost.example.com', false],
    ['DNS:shop.localhost,DNS:example.com', false],
    ['IP:10.0.0.1', false],
    ['IP:::2', false],
  ])('signs for %s: %s', async (names, isAccepted) => {
    const { data, pem, key } = await given();
    const extensions = [`subjectAltName=${names}`, 'basicConstraints=CA:FALSE'];
    const leaf = await certificate(data, { name: 'leaf', extensions, issuer: { certificate: pem, key } });
    const { exitCode, stdout, stderr } = await openssl('verify', '-CAfile', pem, leaf);
    if (isAccepted) expect(stdout).toBe(`${leaf}: OK\n`);
    else expect(stderr).toContain('permitted subtree violation');
    expect(exitCode).toBe(isAccepted ? 0 : 2);
  });

  it('cannot make another authority below itself', async () => {
    const { data, pem, key } = await given();
    const own = { certificate: pem, key };
    const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'];
    const below = await certificate(data, { name: 'below', extensions, issuer: own });
    const issuer = { certificate: below, key: `${below}.key` };
    const leaf = await certificate(data, { name: 'leaf', extensions: ['subjectAltName=DNS:a.localhost'], issuer });
    const { stderr } = await openssl('verify', '-CAfile', pem, '-untrusted', below, leaf);
    expect(stderr).toContain('path length constraint exceeded');
  });
});

describe('the authority of a user', () => {
  it('is made once, for ten years, and closed to others', async () => {
    const { data, clock, authority, key } = await given();
    expect(authority.changes).toEqual(['made']);
    expect(new Date(authority.validTo).getUTCFullYear() - new Date(clock.now()).getUTCFullYear()).toBe(10);
    expect(authority.validFrom).toBeLessThan(clock.now());
    expect(await modeOf(join(data, 'ca'))).toBe(0o700);
    expect(await modeOf(key)).toBe(0o600);
    expect((await readdir(join(data, 'ca'))).sort()).toEqual(['ca.key', 'ca.pem']);
    expect(await readdir(data)).toEqual(['ca']);

    const again = await ensureAuthority({ data }, clock);
    expect(again.changes).toEqual([]);
    expect(again.fingerprint).toBe(authority.fingerprint);
    expect(createPrivateKey(again.key()).asymmetricKeyType).toBe('ec');
    expect(authorityFiles({ data })).toEqual([join(data, 'ca')]);
  });

  it('does not show its key to whoever prints it', async () => {
    const { authority } = await given();
    const printed = inspect(authority, { depth: 9 }) + JSON.stringify(authority);
    expect(printed).not.toContain('PRIVATE KEY');
    expect(authority.key()).toContain('PRIVATE KEY');
  });

  it('is not there before it is made', async () => {
    expect(await readAuthority({ data: await temporaryFolder() })).toBeUndefined();
  });

  it('is one, however many processes ask at once', async () => {
    const data = await temporaryFolder();
    const racer = fileURLToPath(new URL('racer.ts', import.meta.url));
    const children = await Promise.all(
      [1, 2, 3].map(async () => {
        const child = fork(racer, [], { execArgv: ['--import', import.meta.resolve('tsx')] });
        onTestFinished(() => void child.kill('SIGKILL'));
        await once(child, 'message');
        return child;
      }),
    );
    const answers = await Promise.all(
      children.map(async (child) => {
        const answer = once(child, 'message') as Promise<[{ fingerprint: string; changes: string[] }]>;
        child.send(data);
        return (await answer)[0];
      }),
    );
    expect(new Set(answers.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(answers.flatMap(({ changes }) => changes)).toEqual(['made']);
  }, 30_000);
});

describe('an authority that comes to its end', () => {
  it('is kept while the certificates it signs live shorter than it', async () => {
    const { data, clock, authority } = await given();
    clock.at = authority.validTo - 91 * dayMs;
    expect(renewalOf(authority, clock)).toBeUndefined();
    expect((await ensureAuthority({ data }, clock)).fingerprint).toBe(authority.fingerprint);
  });

  it('is renewed before, and stays trusted until then', async () => {
    const { data, clock, authority } = await given();
    clock.at = authority.validTo - 29 * dayMs;
    expect(renewalOf(authority, clock)).toMatch(/^it ends on \d{4}-\d\d-\d\d$/);
    const renewed = await ensureAuthority({ data }, clock);
    expect(renewed.changes).toEqual(['renewed']);
    expect(renewed.fingerprint).not.toBe(authority.fingerprint);
    expect(renewed.former).toMatchObject([{ fingerprint: authority.fingerprint, pem: authority.pem }]);
    expect((await ensureAuthority({ data }, clock)).changes).toEqual([]);
  });

  it('is renewed after it as well', async () => {
    const { data, clock, authority } = await given();
    clock.at = authority.validTo + dayMs;
    expect(renewalOf(authority, clock)).toMatch(/^it ended on /);
    expect((await ensureAuthority({ data }, clock)).changes).toEqual(['renewed']);
  });

  it('is one whole pair at every moment of a renewal, and a crash in it is mended', async () => {
    const { data, clock, authority, file, key, pem } = await given();
    const next = await makeAuthority(clock.now());
    // The key has taken its place, the certificate has not.
    await writeFile(file('next.pem'), next.certificate);
    await writeFile(key, next.key);
    const between = await readAuthority({ data });
    expect(between?.pem).toBe(next.certificate);
    expect(await readFile(pem, 'utf8')).toBe(authority.pem);

    clock.at = authority.validTo - dayMs;
    const renewed = await ensureAuthority({ data }, clock);
    expect(renewed.former.map(({ pem }) => pem)).toContain(next.certificate);
    expect(await readAuthority({ data })).toMatchObject({ fingerprint: renewed.fingerprint });
    expect((await readdir(join(data, 'ca'))).filter((name) => name.startsWith('next'))).toEqual([]);
  });

  it('is made anew when a crash came before the first one was whole', async () => {
    const data = await temporaryFolder();
    await mkdir(join(data, 'ca'));
    await writeFile(join(data, 'ca', 'next.key'), (await makeAuthority(Date.now())).key);
    expect(await readAuthority({ data })).toBeUndefined();
    expect((await ensureAuthority({ data }, clockAt())).changes).toEqual(['made']);
  });
});

describe('an authority whose files were opened to others', () => {
  it.each([
    ['ca.key', 0o644, /ca\.key is open to other users \(0644 instead of 0600\)/],
    ['.', 0o755, /ca is open to other users \(0755 instead of 0700\)/],
  ])('is closed again: %s', async (name, mode, reason) => {
    const { data, clock, file, authority } = await given();
    await chmod(file(name), mode);
    expect((await readAuthority({ data }))?.exposure).toMatch(reason);
    const closed = await ensureAuthority({ data }, clock);
    expect(closed.changes).toEqual(['closed']);
    expect(closed.exposure).toBeUndefined();
    expect(closed.fingerprint).toBe(authority.fingerprint);
    expect(await modeOf(file('ca.key'))).toBe(0o600);
    expect(await modeOf(file('.'))).toBe(0o700);
  });
});

describe('files that are no authority of ours', () => {
  const foreign = asset('test/fixtures/api-server');
  const harms: readonly [string, (file: (name: string) => string) => Promise<unknown>, RegExp][] = [
    [
      'a certificate cut short',
      (file) => writeFile(file('ca.pem'), '-----BEGIN CERT'),
      /ca\.pem is not a certificate$/,
    ],
    ['an empty certificate', (file) => writeFile(file('ca.pem'), ''), /ca\.pem is not a certificate$/],
    ['a key cut short', (file) => writeFile(file('ca.key'), '-----BEGIN PRIV'), /ca\.key is not a private key$/],
    ['no certificate', (file) => rm(file('ca.pem')), /ca\.pem is missing, but its key is there$/],
    ['no key', (file) => rm(file('ca.key')), /ca\.key is missing, but its certificate is there$/],
    [
      'the key of another',
      async (file) => writeFile(file('ca.key'), (await makeAuthority(Date.now())).key),
      /ca\.key is not the key of \S+ca\.pem \(platform local CA/,
    ],
    [
      "somebody else's authority",
      async (file) => {
        await copyFile(join(foreign, 'certificate.pem'), file('ca.pem'));
        await copyFile(join(foreign, 'key.pem'), file('ca.key'));
      },
      /ca\.pem is not an authority of ours: its name is "test only"$/,
    ],
  ];

  it.each(harms)('are refused and left as they are: %s', async (_, harm, message) => {
    const { data, clock, file } = await given();
    await harm(file);
    const before = await contents(file('.'));
    await expect(ensureAuthority({ data }, clock)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(message) as unknown,
      suggestions: [expect.any(String), expect.stringContaining(`mv ${join(data, 'ca')} `)],
    });
    await expect(readAuthority({ data })).rejects.toThrow(message);
    expect(await contents(file('.'))).toEqual(before);
  });

  it('can be put aside for a new one', async () => {
    const { data, clock, file, authority } = await given();
    await rm(file('ca.key'));
    await rename(join(data, 'ca'), join(data, 'ca.damaged'));
    const fresh = await ensureAuthority({ data }, clock);
    expect(fresh.changes).toEqual(['made']);
    expect(fresh.fingerprint).not.toBe(authority.fingerprint);
  });

  it('never say what is in a key', async () => {
    const { data, clock, key } = await given();
    await writeFile(key, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXRleHQ=\n-----END PRIVATE KEY-----\n');
    const error = await ensureAuthority({ data }, clock).catch((caught: unknown) => caught);
    expect(inspect(error, { depth: 9 })).not.toContain('c2VjcmV0');
  });
});

async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}
