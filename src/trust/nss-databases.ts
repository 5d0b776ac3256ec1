import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustMachine } from './store.js';

/** Whose databases are where, below the home folder; `*` stands for any one folder. */
const places: Readonly<Record<string, readonly (readonly [reader: string, folder: string])[]>> = {
  linux: [
    ['Chrome and Chromium', '.pki/nssdb'],
    ['Chrome and Chromium', '.local/share/pki/nssdb'],
    ['Chromium (snap)', 'snap/chromium/*/.pki/nssdb'],
    ['Chrome and Chromium (Flatpak)', '.var/app/*/.pki/nssdb'],
    ['Firefox', '.mozilla/firefox/*'],
    ['Firefox', '.config/mozilla/firefox/*'],
    ['Firefox (snap)', 'snap/firefox/common/.mozilla/firefox/*'],
    ['Firefox (Flatpak)', '.var/app/org.mozilla.firefox/.mozilla/firefox/*'],
    ['Firefox (Flatpak)', '.var/app/org.mozilla.firefox/config/mozilla/firefox/*'],
  ],
  darwin: [['Firefox', 'Library/Application Support/Firefox/Profiles/*']],
};

export interface NssDatabase {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly reader: string;
}

/** The certificate databases of this user's browsers. */
export async function nssDatabases({
  home,
  platform,
}: Pick<TrustMachine, 'home' | 'platform'>): Promise<NssDatabase[]> {
  const found = await Promise.all(
    (places[platform] ?? []).map(async ([reader, pattern]) => {
      const folders = await expand(home, pattern.split('/'));
      const checked = await Promise.all(
        folders.map(async (folder) => ({ folder, reader, is: await isDatabase(folder) })),
      );
      return checked.flatMap(({ is, ...database }) => (is ? [database] : []));
    }),
  );
  return found.flat();
}

async function expand(base: string, [segment, ...rest]: readonly string[]): Promise<string[]> {
  if (segment === undefined) return [base];
  if (segment !== '*') return expand(join(base, segment), rest);
  const entries = await readdir(base, { withFileTypes: true }).catch(() => []);
  // A snap's `current` is a link to one of its neighbours.
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return (await Promise.all(folders.sort().map((name) => expand(join(base, name), rest)))).flat();
}

async function isDatabase(folder: string): Promise<boolean> {
  return access(join(folder, 'cert9.db')).then(
    () => true,
    () => false,
  );
}
