import { readFile } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { PlatformError } from '../errors.js';
import { dayOf, pemBlocks, readCertificate, type Certificate } from './certificate.js';

/**
 * The certificates in `local.authorities`, one or more in each file; every one is an authority that is valid now.
 * @throws PlatformError `usage` that names the file and what is wrong with it
 */
export async function readCorporateAuthorities(
  files: readonly string[],
  clock: Clock,
): Promise<readonly Certificate[]> {
  const found = await Promise.all(files.map((file) => authoritiesIn(file, clock.now())));
  return found.flat();
}

async function authoritiesIn(file: string, now: number): Promise<Certificate[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new PlatformError('usage', `${file}, under local.authorities, cannot be read`, { cause: error });
  });
  const blocks = pemBlocks(text);
  if (blocks.length === 0) {
    throw unusable(file, 'has no certificate in it', [
      'it has to be PEM (-----BEGIN CERTIFICATE-----); from DER: openssl x509 -inform der -in FILE -out FILE.pem',
    ]);
  }
  return blocks.map((block, index) => {
    const what = blocks.length === 1 ? '' : `: its certificate ${String(index + 1)}`;
    return authority(block, `${file}${what}`, now);
  });
}

function authority(pem: string, where: string, now: number): Certificate {
  let certificate;
  try {
    certificate = readCertificate(pem);
  } catch (error) {
    throw unusable(where, 'is not a certificate', [], error);
  }
  const { x509, ...rest } = certificate;
  const name = x509.subject.replaceAll('\n', ', ');
  if (!x509.ca) {
    throw unusable(where, `is not an authority, but the certificate of "${name}"`, [
      `give the certificate of the authority that issued it: "${x509.issuer.replaceAll('\n', ', ')}"`,
    ]);
  }
  if (rest.validTo <= now) throw unusable(where, `expired on ${dayOf(rest.validTo)}: "${name}"`);
  if (rest.validFrom > now) throw unusable(where, `is not valid before ${dayOf(rest.validFrom)}: "${name}"`);
  return rest;
}

function unusable(where: string, why: string, suggestions: readonly string[] = [], cause?: unknown): PlatformError {
  return new PlatformError('usage', `${where}, under local.authorities, ${why}`, { suggestions, cause });
}
