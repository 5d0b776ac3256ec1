import { X509Certificate } from 'node:crypto';
import { messageOf } from '../errors.js';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** What a webhook lacks that cert-manager has yet to look at. */
export const emptyBundle = 'its caBundle is empty';

/**
 * Why nothing can be trusted by a bundle of certificates (PEM in base64); `undefined` when at least one of them is
 * valid.
 * @param now milliseconds since the epoch
 */
export function caBundleProblem(bundle: string | undefined, now: number): string | undefined {
  if (!bundle) return emptyBundle;
  const blocks = Buffer.from(bundle, 'base64').toString('utf8').match(block) ?? [];
  if (blocks.length === 0) return 'its caBundle holds no certificate';
  const certificates: X509Certificate[] = [];
  for (const text of blocks) {
    try {
      certificates.push(new X509Certificate(text));
    } catch (error) {
      // The API server takes no bundle of which it cannot read a part.
      return `its caBundle holds a certificate that cannot be read: ${messageOf(error)}`;
    }
  }
  const problems = certificates.map((certificate) => validityProblem(certificate, now));
  return problems.every((problem) => problem !== undefined) ? problems.at(-1) : undefined;
}

function validityProblem({ validFrom, validTo }: X509Certificate, now: number): string | undefined {
  if (Date.parse(validTo) < now) return `its caBundle expired on ${dateOf(validTo)}`;
  if (Date.parse(validFrom) > now) return `its caBundle is not valid before ${dateOf(validFrom)}`;
  return undefined;
}

function dateOf(text: string): string {
  return new Date(text).toISOString().slice(0, 'yyyy-mm-dd'.length);
}
