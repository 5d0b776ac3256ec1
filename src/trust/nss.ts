import { aliasOf, isOwnAlias, isOwnSubject } from '../certificates/authority-subject.js';
import { commonNameOf, pemBlocks, readCertificate } from '../certificates/certificate.js';
import { programAt, programsOnPath } from '../toolchain/path-search.js';
import { nssDatabases, type NssDatabase } from './nss-databases.js';
import type { FoundCertificate, Obstacle, TrustMachine, TrustPlace, TrustStore } from './store.js';

/** The databases of Firefox, and on Linux of Chrome and Chromium, which do not look into the system's store. */
export const nss: TrustStore = {
  name: 'nss',
  absence: 'no browser of this user has a certificate database here',
  async places(machine) {
    const databases = await nssDatabases(machine);
    if (databases.length === 0) return [];
    const certutil = await findCertutil(machine);
    return Promise.all(databases.map((database) => placeOf(database, certutil, machine)));
  },
};

async function placeOf(
  database: NssDatabase,
  certutil: string | undefined,
  machine: TrustMachine,
): Promise<TrustPlace> {
  const { folder, reader } = database;
  const at = ['-d', `sql:${folder}`];
  const base = { store: 'nss', where: folder, readers: reader, isSystemWide: false } as const;
  if (certutil === undefined) return { ...base, found: [], obstacle: noCertutil(machine.platform), commands: () => [] };
  const list = await machine.processes.run(certutil, ['-L', ...at], { allowFailure: true });
  if (list.exitCode !== 0) {
    const reason = `certutil cannot read it: ${list.stderr.trim().split('\n')[0] ?? ''}`;
    return { ...base, found: [], obstacle: { reason, fix: [] }, commands: () => [] };
  }
  const found = await certificatesIn(list.stdout, at, certutil, machine);
  return {
    ...base,
    found,
    commands: (wanted) => [
      // A database knows certificates of the same subject by one name, and deletes any of them by it: out with all.
      ...found.map(({ name }) => ({ command: certutil, args: ['-D', ...at, '-n', name] })),
      ...wanted.map((one) => ({
        command: certutil,
        args: ['-A', ...at, '-t', 'C,,', '-n', aliasOf(one), '-i', one.file],
      })),
    ],
  };
}

async function certificatesIn(
  list: string,
  at: readonly string[],
  certutil: string,
  { processes }: TrustMachine,
): Promise<FoundCertificate[]> {
  const own = listed(list).filter(({ nickname }) => isOwnAlias(nickname) || isOwnSubject(nickname));
  // Asked for one certificate, it shows all of the same subject.
  const texts = await Promise.all(
    own.map(async ({ nickname }) => (await processes.run(certutil, ['-L', ...at, '-n', nickname, '-a'])).stdout),
  );
  const certificates = texts.flatMap((text) => pemBlocks(text).map(readCertificate));
  const distinct = new Map(
    certificates
      .filter(({ x509 }) => isOwnSubject(commonNameOf(x509)))
      .map((certificate) => [certificate.fingerprint, certificate]),
  );
  const isIdle = own.some(({ trust }) => !trust.split(',')[0]?.includes('C'));
  return [...distinct.keys()].map((fingerprint, index) => ({
    fingerprint,
    name: own[index]?.nickname ?? '',
    ...(isIdle && { isIdle }),
  }));
}

/** Lines such as `platform-local-ca-ann-5dbf8b8c        C,,`. */
function listed(output: string): { readonly nickname: string; readonly trust: string }[] {
  return output.split('\n').flatMap((line) => {
    const [, nickname, trust] = /^(\S.*?) +([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*) *$/.exec(line) ?? [];
    return nickname !== undefined && trust !== undefined ? [{ nickname, trust }] : [];
  });
}

async function findCertutil({ variables, platform }: TrustMachine): Promise<string | undefined> {
  const [found] = await programsOnPath('certutil', variables['PATH']);
  if (found || platform !== 'darwin') return found?.path;
  // Homebrew does not link it, as its library would be in the way of others.
  const brewed = ['/opt/homebrew/opt/nss/bin/certutil', '/usr/local/opt/nss/bin/certutil'];
  for (const path of brewed) if (await programAt(path)) return path;
  return undefined;
}

function noCertutil(platform: NodeJS.Platform): Obstacle {
  const fix =
    platform === 'darwin'
      ? ['brew install nss']
      : ['Debian, Ubuntu: apt-get install libnss3-tools', 'Fedora: dnf install nss-tools', 'Arch: pacman -S nss'];
  return { reason: 'certutil is not installed, which changes the database of a browser', fix };
}
