import type { Step } from '../plan/step.js';
import { ensureAuthority, readAuthority, renewalOf, type EnsuredAuthority } from './authority.js';
import { dayOf } from './certificate.js';
import { authorityId, type CertificateStepOptions } from './step-options.js';

const changeTexts: Readonly<Record<EnsuredAuthority['changes'][number], string>> = {
  made: 'made; `platform trust install` lets this machine trust it',
  renewed: 'renewed; run `platform trust install` again, so that this machine trusts the new one too',
  closed: 'its files were open to other users and are closed now; if others could read the key, make a new one',
};

/** The certificate authority of this user. */
export function authorityStep({ paths, clock }: Pick<CertificateStepOptions, 'paths' | 'clock'>): Step {
  return {
    id: authorityId,
    title: 'certificate authority',
    needs: [],
    lane: 'api',
    budgetMs: 60_000,
    estimateMs: 600,
    async check() {
      const authority = await readAuthority(paths);
      if (!authority) return { status: 'needed', reason: 'new' };
      if (authority.exposure) return { status: 'needed', reason: authority.exposure };
      const renewal = renewalOf(authority, clock);
      if (renewal) return { status: 'needed', reason: `${renewal}; it is renewed` };
      return { status: 'satisfied', detail: `until ${dayOf(authority.validTo)}` };
    },
    async apply({ signal }) {
      const { changes } = await ensureAuthority(paths, clock, signal);
      return changes.map((change) => changeTexts[change]).join('; ') || undefined;
    },
  };
}
