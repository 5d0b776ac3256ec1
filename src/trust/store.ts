import type { CertificateFile } from '../certificates/certificate.js';
import type { Processes } from '../process.js';

export const storeNames = ['os', 'nss', 'java', 'node'] as const;
export type StoreName = (typeof storeNames)[number];

/** The machine whose stores are looked at. */
export interface TrustMachine {
  /** Where its file system begins: `/`. */
  readonly root: string;
  /** Absolute path. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly processes: Processes;
}

/** A certificate of this user's authority in a store. */
export interface FoundCertificate {
  readonly fingerprint: string;
  /** What it is called there: an alias, a nickname, a file. */
  readonly name: string;
  /** Lies there, but does not count yet. */
  readonly isIdle?: boolean;
}

/** One program to be run. */
export interface TrustCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Why nothing can be done in a place, and what would help. */
export interface Obstacle {
  readonly reason: string;
  readonly fix: readonly string[];
}

/** A place where programs look for the authorities that they trust. */
export interface TrustPlace {
  readonly store: StoreName;
  /** A folder, a file or a variable, as a person would look for it. */
  readonly where: string;
  /** Who looks there: `curl, git and most other programs`. */
  readonly readers: string;
  /** Certificates of this user's authorities in it, present and former ones. */
  readonly found: readonly FoundCertificate[];
  readonly obstacle?: Obstacle;
  /** What a person has to do where no command can, for these to be trusted; for none: so that none is. */
  readonly advice?: (wanted: readonly CertificateFile[]) => readonly string[];
  /** Only an administrator may change it. */
  readonly isSystemWide: boolean;
  /** What to run, in order, so that of this user's certificates exactly these are trusted there. */
  readonly commands: (wanted: readonly CertificateFile[]) => readonly TrustCommand[];
}

/** A kind of store; which places of it there are is for the machine to say. */
export interface TrustStore {
  readonly name: StoreName;
  /** Its places on this machine, after a look into each; `authority` is what should be there. */
  places(machine: TrustMachine, authority: CertificateFile | undefined): Promise<readonly TrustPlace[]>;
  /** Why there may be no place, said where there is none. */
  readonly absence: string;
}
