import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { aliasOf, isOwnAlias, isOwnSubject } from '../certificates/authority-subject.js';
import { commonNameOf, fingerprintOf, pemBlocks, readCertificate } from '../certificates/certificate.js';
import { systemCode } from '../errors.js';
import { programsOnPath } from '../toolchain/path-search.js';
import type { FoundCertificate, TrustCommand, TrustMachine, TrustPlace, TrustStore } from './store.js';

/** How a family of Linux distributions is told about an authority. */
interface Family {
  /** Where an administrator puts authorities. */
  readonly anchors: string;
  readonly extension: string;
  /** What programs read, made from the anchors. */
  readonly bundle: string;
  readonly update: TrustCommand;
  /** Where something was removed: some keep what they made from it otherwise. */
  readonly updateAfterRemoval?: TrustCommand;
  /** Brings the update command. */
  readonly install: string;
}

// The first whose folder is there; each has a folder that the others do not have.
const families: readonly Family[] = [
  {
    // Fedora, RHEL and what is made from them
    anchors: 'etc/pki/ca-trust/source/anchors',
    extension: '.pem',
    bundle: 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    update: { command: 'update-ca-trust', args: ['extract'] },
    install: 'dnf install ca-certificates',
  },
  {
    // Arch
    anchors: 'etc/ca-certificates/trust-source/anchors',
    extension: '.crt',
    bundle: 'etc/ca-certificates/extracted/tls-ca-bundle.pem',
    update: { command: 'update-ca-trust', args: [] },
    install: 'pacman -S ca-certificates-utils',
  },
  {
    // openSUSE
    anchors: 'etc/pki/trust/anchors',
    extension: '.pem',
    bundle: 'var/lib/ca-certificates/ca-bundle.pem',
    update: { command: 'update-ca-certificates', args: [] },
    install: 'zypper install ca-certificates',
  },
  {
    // Debian, Ubuntu, Alpine
    anchors: 'usr/local/share/ca-certificates',
    extension: '.crt',
    bundle: 'etc/ssl/certs/ca-certificates.crt',
    update: { command: 'update-ca-certificates', args: [] },
    updateAfterRemoval: { command: 'update-ca-certificates', args: ['--fresh'] },
    install: 'apt-get install ca-certificates',
  },
];

/** The store of a Linux distribution, which most programs read. */
export const systemStore: TrustStore = {
  name: 'os',
  absence: 'this is none of the distributions whose store is known: Debian, Fedora, Arch, openSUSE, Alpine and theirs',
  async places(machine) {
    for (const family of families) {
      const names = await namesIn(join(machine.root, family.anchors));
      if (names) return [await placeOf(family, names, machine)];
    }
    return [];
  },
};

/** True for a file that is put together anew whenever the store changes: what is added to it by hand is lost. */
export function isSystemBundle(file: string, { root }: Pick<TrustMachine, 'root'>): boolean {
  return families.some(({ bundle }) => join(root, bundle) === file);
}

async function placeOf(family: Family, names: readonly string[], machine: TrustMachine): Promise<TrustPlace> {
  const anchors = join(machine.root, family.anchors);
  const inBundle = new Set(
    pemBlocks(await readFile(join(machine.root, family.bundle), 'utf8').catch(() => '')).map(fingerprintOf),
  );
  const anchored = await Promise.all(names.map((name) => ownCertificate(join(anchors, name))));
  const found = anchored.flatMap((own) => (own ? [{ ...own, isIdle: !inBundle.has(own.fingerprint) }] : []));
  const { update, updateAfterRemoval = update } = family;
  const [program] = await programsOnPath(update.command, programPath(machine));
  return {
    store: 'os',
    where: anchors,
    readers: 'curl, git, wget, Go programs and most others',
    found,
    isSystemWide: true,
    ...(!program && {
      obstacle: { reason: `${update.command} is not installed`, fix: [`as an administrator: ${family.install}`] },
    }),
    commands: (wanted) => {
      const surplus = found.filter(({ fingerprint }) => wanted.every((one) => one.fingerprint !== fingerprint));
      const missing = wanted.filter(({ fingerprint }) => found.every((one) => one.fingerprint !== fingerprint));
      return [
        ...missing.map((one) => ({
          command: 'install',
          args: ['-m', '0644', one.file, join(anchors, `${aliasOf(one)}${family.extension}`)],
        })),
        ...surplus.map(({ name }) => ({ command: 'rm', args: ['-f', name] })),
        { ...(surplus.length > 0 ? updateAfterRemoval : update), command: program?.path ?? update.command },
      ];
    },
  };
}

/** An administrator's programs are not on everybody's PATH. */
function programPath({ variables }: Pick<TrustMachine, 'variables'>): string {
  return [variables['PATH'], '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(':');
}

// By its name, or, where a person put it there, by whose it is.
async function ownCertificate(file: string): Promise<FoundCertificate | undefined> {
  try {
    const [pem = ''] = pemBlocks(await readFile(file, 'utf8'));
    const { x509, fingerprint } = readCertificate(pem);
    const isOwn = isOwnSubject(commonNameOf(x509)) || isOwnAlias(basename(file).replace(/\.[^.]+$/, ''));
    return isOwn ? { fingerprint, name: file } : undefined;
  } catch {
    return undefined;
  }
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
