import { readFile } from 'node:fs/promises';
import { fingerprintOf, pemBlocks, type CertificateFile } from '../certificates/certificate.js';
import type { TrustMachine } from './store.js';

/** A program that has no store of its own, and what it looks at. */
export interface Follower {
  readonly program: string;
  /** The system's store, or a file that a variable names instead of it. */
  readonly looksAt: string;
  /** `undefined` where that is the system's store, whose state is told by itself. */
  readonly isTrusted?: boolean;
}

interface Habit {
  readonly program: string;
  /** Variables that name another file, the strongest first. */
  readonly variables: readonly string[];
  readonly otherwise: string;
}

const systemStore = 'the system store';

const habits: readonly Habit[] = [
  { program: 'curl', variables: ['CURL_CA_BUNDLE', 'SSL_CERT_FILE'], otherwise: systemStore },
  { program: 'git', variables: ['GIT_SSL_CAINFO'], otherwise: `${systemStore}, unless http.sslCAInfo is set` },
  { program: 'python ssl', variables: ['SSL_CERT_FILE'], otherwise: systemStore },
  {
    program: 'python requests',
    variables: ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
    otherwise: 'certifi, a list of its own: set REQUESTS_CA_BUNDLE to the bundle of the system',
  },
  { program: 'Go programs', variables: ['SSL_CERT_FILE'], otherwise: systemStore },
];

/** What the programs without a store of their own look at here. */
export function followers(
  { variables, platform }: Pick<TrustMachine, 'variables' | 'platform'>,
  authority: CertificateFile | undefined,
): Promise<readonly Follower[]> {
  // Go asks the system itself on macOS.
  const here = habits.filter(({ program }) => !(platform === 'darwin' && program === 'Go programs'));
  return Promise.all(
    here.map(async ({ program, variables: names, otherwise }): Promise<Follower> => {
      const name = names.find((variable) => variables[variable]);
      if (name === undefined) return { program, looksAt: otherwise };
      const file = variables[name] ?? '';
      const text = await readFile(file, 'utf8').catch(() => '');
      const isTrusted = authority !== undefined && pemBlocks(text).map(fingerprintOf).includes(authority.fingerprint);
      return { program, looksAt: `${name}=${file}`, isTrusted };
    }),
  );
}
