import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every place outside the working directory that the product reads or writes, by the XDG base directories. */
export interface Paths {
  /** Per environment: journals, owner lock, kubeconfig, the embedded control plane. Survives reboots. */
  readonly state: string;
  /** Toolchain, charts: can be deleted at any time. */
  readonly cache: string;
  /** The certificate authority. */
  readonly data: string;
  /** The kubeconfig people use: the first file of KUBECONFIG, else ~/.kube/config. */
  readonly kubeconfig: string;
}

/** Resolves the paths from environment variables (`XDG_*_HOME`, `KUBECONFIG`) and the home folder. */
export function pathsFrom(variables: Readonly<Record<string, string | undefined>>, home = homedir()): Paths {
  const base = (variable: string, fallback: string) => join(variables[variable] || join(home, fallback), 'platform');
  return {
    state: base('XDG_STATE_HOME', '.local/state'),
    cache: base('XDG_CACHE_HOME', '.cache'),
    data: base('XDG_DATA_HOME', '.local/share'),
    kubeconfig: variables['KUBECONFIG']?.split(':').find((file) => file !== '') ?? join(home, '.kube', 'config'),
  };
}

/** The state folder of one environment. */
export function environmentState(paths: Paths, environment: string): string {
  return join(paths.state, environment);
}

/** A file or folder shipped with the product: `asset('assets/blueprints')`. */
export function asset(...segments: readonly string[]): string {
  return join(packageRoot(), ...segments);
}

// Works from src/ (tests) and from the bundled dist/ alike.
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}
