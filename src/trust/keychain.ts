import { join } from 'node:path';
import { isOwnSubject } from '../certificates/authority-subject.js';
import { commonNameOf, pemBlocks, readCertificate, type CertificateFile } from '../certificates/certificate.js';
import type { TrustMachine, TrustStore } from './store.js';

/** macOS: the keychain of the system, which Safari, Chrome and most programs read. */
export const keychain: TrustStore = {
  name: 'os',
  absence: 'the system keychain is not there',
  async places(machine, authority) {
    const file = join(machine.root, 'Library', 'Keychains', 'System.keychain');
    const { stdout } = await machine.processes.run(
      'security',
      ['find-certificate', '-a', '-c', 'platform local CA', '-p', file],
      { allowFailure: true },
    );
    const own = pemBlocks(stdout)
      .map(readCertificate)
      .filter(({ x509 }) => isOwnSubject(commonNameOf(x509)));
    const isTrusted = authority && (await isTrustedRoot(machine, authority));
    return [
      {
        store: 'os',
        where: file,
        readers: 'Safari, Chrome, curl and most other programs',
        found: own.map(({ fingerprint, x509 }) => ({
          fingerprint,
          name: commonNameOf(x509),
          isIdle: fingerprint === authority?.fingerprint && !isTrusted,
        })),
        isSystemWide: true,
        commands: (wanted) => [
          // By the SHA-1 of each: they have the same name. -t takes the settings of trust away with them.
          ...own
            .filter(({ fingerprint }) => wanted.every((one) => one.fingerprint !== fingerprint))
            .map(({ x509 }) => ({
              command: 'security',
              args: ['delete-certificate', '-t', '-Z', x509.fingerprint.replaceAll(':', ''), file],
            })),
          ...wanted.map((one) => ({
            command: 'security',
            args: ['add-trusted-cert', '-d', '-r', 'trustRoot', '-k', file, one.file],
          })),
        ],
      },
    ];
  },
};

async function isTrustedRoot({ processes }: TrustMachine, { file }: CertificateFile): Promise<boolean> {
  const args = ['verify-cert', '-q', '-l', '-L', '-c', file];
  return (await processes.run('security', args, { allowFailure: true })).exitCode === 0;
}
