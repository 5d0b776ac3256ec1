import { readFile } from 'node:fs/promises';
import { fingerprintOf, pemBlocks, type CertificateFile } from '../certificates/certificate.js';
import type { TrustMachine, TrustStore } from './store.js';
import { isSystemBundle } from './system-store.js';

const variable = 'NODE_EXTRA_CA_CERTS';

/** Node.js has a list of its own; one file more is named by a variable, which only its user can set. */
export const node: TrustStore = {
  name: 'node',
  absence: 'there is no certificate authority yet',
  async places(machine, authority) {
    if (!authority) return [];
    const file = machine.variables[variable];
    const has = file !== undefined && file !== '' && (await fingerprintsIn(file)).includes(authority.fingerprint);
    return [
      {
        store: 'node',
        where: file ? `${variable}=${file}` : variable,
        readers: 'Node.js and npm',
        found: has ? [{ fingerprint: authority.fingerprint, name: file }] : [],
        isSystemWide: false,
        advice: (wanted) => (wanted.length > 0 ? toTrust(authority, has, file, machine) : toForget(has)),
        commands: () => [],
      },
    ];
  },
};

function toTrust(
  { file }: CertificateFile,
  isTrusted: boolean,
  present: string | undefined,
  machine: TrustMachine,
): string[] {
  if (isTrusted) return [];
  if (present && isSystemBundle(present, machine)) {
    return [`${variable} names the bundle of the system, which has it as soon as the system's store has`];
  }
  if (present) {
    return [`${variable} names another file, and can name only one: cat ${quoted(file)} >> ${quoted(present)}`];
  }
  return [
    `add to the profile of your shell: export ${variable}=${quoted(file)}`,
    'or, with Node.js 22.15 and later, let it read the system store: export NODE_OPTIONS=--use-system-ca',
  ];
}

function toForget(isTrusted: boolean): string[] {
  return isTrusted ? [`take ${variable} out of the profile of your shell`] : [];
}

async function fingerprintsIn(file: string): Promise<string[]> {
  return pemBlocks(await readFile(file, 'utf8').catch(() => '')).map(fingerprintOf);
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
