import { resolveName, systemResolver, type NameResolution, type Resolver } from '../local/names/resolution.js';
import type { Examination } from './check.js';

/** Whether browsers and programs on this machine find the environment's host names. */
export function hostNames(hosts: readonly string[], resolver: Resolver = systemResolver): Examination {
  return {
    name: 'host names',
    async examine() {
      const found = await Promise.all(
        hosts.map(async (host) => ({ host, resolution: await resolveName(host, resolver) })),
      );
      const lost = found.filter(({ resolution }) => resolution.status !== 'here');
      if (lost.length === 0) return { status: 'ok', detail: `${hosts.join(', ')} lead to this machine` };
      const reasons = [...new Set(lost.map(({ resolution }) => describe(resolution)))];
      const detail = reasons.map((reason) => {
        const names = lost.filter(({ resolution }) => describe(resolution) === reason).map(({ host }) => host);
        return `${names.join(', ')}: ${reason}`;
      });
      return {
        status: 'warning',
        detail: `${detail.join('; ')}; platform's own requests do not need them, other programs do`,
        fix: [
          '`platform hosts apply` writes them into the hosts file',
          ...(lost.some(({ host }) => host.endsWith('.localhost'))
            ? [
                'browsers find *.localhost without it; on Linux the package libnss-myhostname makes all programs find it',
              ]
            : []),
        ],
      };
    },
  };
}

function describe(resolution: NameResolution): string {
  switch (resolution.status) {
    case 'here':
      return 'this machine';
    case 'elsewhere':
      return `leads to ${resolution.addresses.join(', ')} instead of 127.0.0.1`;
    case 'withheld':
      return 'known, but its address is withheld, as name servers with protection against DNS rebinding do';
    case 'unknown':
      return 'not known here';
    case 'unanswered':
      return 'no name server answers';
  }
}
