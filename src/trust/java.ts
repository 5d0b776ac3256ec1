import { access, constants, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { aliasOf, isOwnAlias } from '../certificates/authority-subject.js';
import { fingerprintOf, pemBlocks, type CertificateFile } from '../certificates/certificate.js';
import { programAt, programsOnPath } from '../toolchain/path-search.js';
import type { FoundCertificate, TrustMachine, TrustPlace, TrustStore } from './store.js';

/** The password that every cacerts comes with; it protects nothing, the file is readable by all. */
const password = ['-storepass', 'changeit'];
/** What keytool prints is in the user's language otherwise. */
const inEnglish = '-J-Duser.language=en';

/** The stores of the Java in JAVA_HOME and of the one on PATH. */
export const java: TrustStore = {
  name: 'java',
  absence: 'there is no Java in JAVA_HOME or on PATH',
  async places(machine, authority) {
    const places = await Promise.all((await javaHomes(machine)).map((home) => placeOf(home, machine, authority)));
    const found = places.flatMap((place) => place ?? []);
    // Two homes may share one file, as Debian's do.
    return [...new Map(found.map((place) => [place.where, place])).values()];
  },
};

async function placeOf(
  home: string,
  { processes }: TrustMachine,
  authority: CertificateFile | undefined,
): Promise<TrustPlace | undefined> {
  const store = await cacertsOf(home);
  if (store === undefined) return undefined;
  const keytool = join(home, 'bin', 'keytool');
  const base = {
    store: 'java',
    where: store,
    readers: `Java in ${home}`,
    isSystemWide: !(await isWritable(store)),
  } as const;
  const at = [inEnglish, '-keystore', store, ...password];
  if (!(await programAt(keytool))) {
    const obstacle = { reason: `${keytool} is missing`, fix: ['install the whole Java runtime'] };
    return { ...base, found: [], obstacle, commands: () => [] };
  }
  const { stdout, exitCode } = await processes.run(keytool, ['-list', '-rfc', ...at], { allowFailure: true });
  if (exitCode !== 0) {
    const reason = `keytool cannot read it: ${stdout.trim().split('\n')[0] ?? ''}`;
    return {
      ...base,
      found: [],
      obstacle: { reason, fix: ['its password may not be "changeit"'] },
      commands: () => [],
    };
  }
  const found = entriesIn(stdout).filter(
    ({ name, fingerprint }) => isOwnEntry(name) || fingerprint === authority?.fingerprint,
  );
  return {
    ...base,
    found,
    commands: (wanted) => [
      ...found
        .filter(({ fingerprint }) => wanted.every((one) => one.fingerprint !== fingerprint))
        .map(({ name }) => ({ command: keytool, args: ['-delete', ...at, '-alias', name] })),
      ...wanted
        .filter(({ fingerprint }) => found.every((one) => one.fingerprint !== fingerprint))
        .map((one) => ({
          command: keytool,
          args: ['-importcert', ...at, '-noprompt', '-alias', aliasOf(one), '-file', one.file],
        })),
    ],
  };
}

/** `Alias name: …` and, some lines later, the certificate: in this form they are the same in all versions. */
function entriesIn(list: string): FoundCertificate[] {
  return list.split(/^Alias name: /m).flatMap((entry) => {
    const [name = ''] = entry.split('\n', 1);
    const [pem] = pemBlocks(entry);
    return pem === undefined ? [] : [{ name: name.trim(), fingerprint: fingerprintOf(pem) }];
  });
}

// Debian copies what is in the system's store: `debian:platform-local-ca-ann-5dbf8b8c.pem`.
function isOwnEntry(alias: string): boolean {
  return isOwnAlias(alias.replace(/^debian:/, '').replace(/\.pem$/, ''));
}

async function javaHomes({ variables, platform, processes }: TrustMachine): Promise<string[]> {
  const homes = variables['JAVA_HOME'] ? [variables['JAVA_HOME']] : [];
  const [program] = await programsOnPath('java', variables['PATH']);
  if (program) homes.push(dirname(dirname(await realpath(program.path))));
  if (platform === 'darwin' && program) {
    // What is on PATH there only looks for the real one.
    const { stdout, exitCode } = await processes.run('/usr/libexec/java_home', [], { allowFailure: true });
    if (exitCode === 0) homes.push(stdout.trim());
  }
  return homes;
}

async function cacertsOf(home: string): Promise<string | undefined> {
  // Java 8 has its runtime in a folder of its own.
  for (const folder of ['lib', 'jre/lib']) {
    const file = await realpath(join(home, folder, 'security', 'cacerts')).catch(() => undefined);
    if (file !== undefined) return file;
  }
  return undefined;
}

async function isWritable(file: string): Promise<boolean> {
  return access(file, constants.W_OK).then(
    () => true,
    () => false,
  );
}
