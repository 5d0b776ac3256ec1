import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { authoritySubject } from './authority-subject.js';

/**
 * Names that a leaf certificate of the authority may have: a stolen key is of no use for any name of the Internet. A
 * name stands for everything below it as well.
 */
const permittedNames = ['localhost', 'local', 'test', 'internal', 'svc', 'cluster.local'] as const;
const permittedAddresses = ['127.0.0.0/8', '::1/128'] as const;

/**
 * The limits that browsers set (825 days, 398, fewer each year) are for the certificates of sites; an authority that a
 * person trusts by hand may live long, and every renewal asks that person for the trust again.
 */
const lifeYears = 10;

/** A clock that is a little behind must not find it not valid yet. */
const leewayMs = 60 * 60_000;

/** A certificate in PEM, and its private key as PKCS #8 in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority: P-256, may sign certificates of {@link permittedNames} and nothing below itself that signs. */
export async function makeAuthority(now: number): Promise<KeyPair> {
  const { x509, nameConstraints } = await loadLibrary();
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const end = new Date(now);
  end.setUTCFullYear(end.getUTCFullYear() + lifeYears);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [authoritySubject()] }],
      keys,
      serialNumber: serialNumber(),
      notBefore: new Date(now - leewayMs),
      notAfter: end,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
        new x509.Extension(nameConstraints.type, true, nameConstraints.value),
      ],
    },
    webcrypto,
  );
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { certificate: `${certificate.toString('pem').trim()}\n`, key: key.toString() };
}

// Positive and of full length in DER: the first bit is 0, the second 1.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

// Half a second to load, and needed once in ten years.
async function loadLibrary() {
  // Its injection of dependencies refuses to load without this proposal of the language.
  await import('reflect-metadata');
  const [x509, { AsnConvert }, asn1] = await Promise.all([
    import('@peculiar/x509'),
    import('@peculiar/asn1-schema'),
    import('@peculiar/asn1-x509'),
  ]);
  const bases = [
    ...permittedNames.map((dNSName) => ({ dNSName })),
    ...permittedAddresses.map((iPAddress) => ({ iPAddress })),
  ].map((name) => new asn1.GeneralSubtree({ base: new asn1.GeneralName(name) }));
  const constraints = new asn1.NameConstraints({ permittedSubtrees: new asn1.GeneralSubtrees(bases) });
  return { x509, nameConstraints: { type: asn1.id_ce_nameConstraints, value: AsnConvert.serialize(constraints) } };
}
