import type { Clock } from '../clock.js';
import type { Authority } from './authority.js';
import type { Certificate } from './certificate.js';
import { readCorporateAuthorities } from './corporate-authorities.js';

/** What nodes and pods trust: our authority, its predecessors that have not ended yet, and the corporate ones. */
export async function trustedCertificates(
  authority: Authority,
  corporateFiles: readonly string[],
  clock: Clock,
): Promise<readonly Certificate[]> {
  const former = authority.former.filter(({ validTo }) => validTo > clock.now());
  const all = [authority, ...former, ...(await readCorporateAuthorities(corporateFiles, clock))];
  return [...new Map(all.map((certificate) => [certificate.fingerprint, certificate])).values()];
}
