import { createHash, X509Certificate } from 'node:crypto';

/** A certificate as everything here handles it: one PEM block with what is asked of it. */
export interface Certificate {
  /** One PEM block with a final line break. */
  readonly pem: string;
  /** SHA-256 of its DER form, 64 lowercase hexadecimal digits. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
}

/** A certificate in a file of its own. */
export interface CertificateFile extends Certificate {
  /** Absolute path. */
  readonly file: string;
}

/** The PEM certificates in a text, in order; what is between them is left out. */
export function pemBlocks(text: string): string[] {
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((block) => `${block.replaceAll('\r', '')}\n`);
}

/** {@link Certificate.fingerprint} of a PEM block, whether or not it holds a certificate: bundles are long. */
export function fingerprintOf(pem: string): string {
  const base64 = pem.replace(/-----[^-]+-----/g, '');
  return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
}

/** @throws the crypto library's own error when the block holds no certificate */
export function readCertificate(pem: string): Certificate & { readonly x509: X509Certificate } {
  const x509 = new X509Certificate(pem);
  return {
    pem,
    fingerprint: fingerprintOf(pem),
    validFrom: Date.parse(x509.validFrom),
    validTo: Date.parse(x509.validTo),
    x509,
  };
}

/** The common name of a certificate's subject; empty where it has none. */
export function commonNameOf({ subject }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(subject)?.[1] ?? '';
}

/** `2036-11-20`: days are exact enough for the life of an authority. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}
