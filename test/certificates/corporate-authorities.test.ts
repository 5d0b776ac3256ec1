import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCorporateAuthorities } from '../../src/certificates/corporate-authorities.js';
import { makeAuthority } from '../../src/certificates/make-authority.js';
import { certificate, clockAt, dayMs, has, openssl, temporaryFolder } from './given.js';

const read = (...files: string[]) => readCorporateAuthorities(files, clockAt());

describe('corporate authorities', () => {
  it('are read from files of one and of several certificates', async () => {
    const folder = await temporaryFolder();
    const made = await Promise.all([1, 2, 3].map(() => makeAuthority(Date.now())));
    const [one = '', two = '', three = ''] = made.map(({ certificate }) => certificate);
    await writeFile(join(folder, 'one.pem'), `subject: proxy\r\n${one.replaceAll('\n', '\r\n')}`);
    await writeFile(join(folder, 'bundle.pem'), `# roots\n${two}\n${three}`);
    const found = await read(join(folder, 'one.pem'), join(folder, 'bundle.pem'));
    expect(found.map(({ pem }) => pem)).toEqual([one, two, three]);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  });

  it.each([
    ['there', undefined, /missing\.pem, under local\.authorities, cannot be read$/],
    ['PEM', 'MIIB', /bad\.pem, under local\.authorities, has no certificate in it$/],
    ['whole', `-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n`, /bad\.pem, .* is not a certificate$/],
  ])('are refused where a file is not %s', async (_, text, message) => {
    const file = join(await temporaryFolder(), text === undefined ? 'missing.pem' : 'bad.pem');
    if (text !== undefined) await writeFile(file, text);
    await expect(read(file)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it.each([
    ['expired', -11 * 366, /expired on \d{4}-\d\d-\d\d: "CN=platform local CA/],
    ['not valid yet', 10, /is not valid before \d{4}-\d\d-\d\d: "CN=platform local CA/],
  ])('are refused when they are %s', async (_, days, message) => {
    const file = join(await temporaryFolder(), 'ca.pem');
    await writeFile(file, (await makeAuthority(Date.now() + days * dayMs)).certificate);
    await expect(read(file)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('are told which certificate of a file is wrong', async () => {
    const file = join(await temporaryFolder(), 'ca.pem');
    const [good, old] = await Promise.all([makeAuthority(Date.now()), makeAuthority(0)]);
    await writeFile(file, good.certificate + old.certificate);
    await expect(read(file)).rejects.toThrow(
      /ca\.pem: its certificate 2, under local\.authorities, expired on 1980-01-01/,
    );
  });

  it.skipIf(!has('openssl'))('are not the certificates of sites (needs openssl on PATH)', async () => {
    const folder = await temporaryFolder();
    const site = await certificate(folder, { name: 'proxy.corp', extensions: ['basicConstraints=CA:FALSE'] });
    await expect(read(site)).rejects.toMatchObject({
      message: expect.stringContaining('is not an authority, but the certificate of "CN=proxy.corp"') as unknown,
      suggestions: [expect.stringContaining('"CN=proxy.corp"')],
    });
  });

  it.skipIf(!has('openssl'))('are told how to come from DER (needs openssl on PATH)', async () => {
    const folder = await temporaryFolder();
    const [pem, der] = [join(folder, 'ca.pem'), join(folder, 'ca.der')];
    await writeFile(pem, (await makeAuthority(Date.now())).certificate);
    await openssl('x509', '-in', pem, '-outform', 'der', '-out', der);
    await expect(read(der)).rejects.toMatchObject({ suggestions: [expect.stringContaining('-inform der')] });
    await openssl('x509', '-inform', 'der', '-in', der, '-out', `${der}.pem`);
    expect((await read(`${der}.pem`))[0]?.pem).toBe(await readFile(pem, 'utf8'));
  });
});
