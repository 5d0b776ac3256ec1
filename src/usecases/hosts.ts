import type { Environment } from '../environment/environment.js';
import { failureOf, PlatformError, type Failure } from '../errors.js';
import { checkNames, type CheckedName } from '../local/names/checks.js';
import {
  hostsBlocks,
  hostsBlockText,
  hostsConflicts,
  withHostsBlock,
  type HostsConflict,
} from '../local/names/hosts-block.js';
import { readHostsFile, systemHostsFile, writeHostsFile } from '../local/names/hosts-file.js';
import type { Resolver } from '../local/names/resolution.js';
import { hostsOf } from '../local/names/served-names.js';
import type { Ports } from '../ports.js';
import { findEnvironment } from './find-environment.js';
import { requestedEnvironment, wantedByFound, type EnvironmentRequest } from './requested-environment.js';

/** What everything local listens on. */
const address = '127.0.0.1';

export interface HostsRequest extends EnvironmentRequest {
  /** Path of the hosts file; that of the system without it. */
  readonly hostsFile?: string | undefined;
}

/** A change of the hosts file that nobody has made yet. */
export interface HostsChange {
  readonly environment: string;
  readonly file: string;
  readonly change: 'none' | 'add' | 'update' | 'remove';
  /** Names in the block afterwards. */
  readonly names: readonly string[];
  /** Names that are not written, because lines of others lead them elsewhere. */
  readonly conflicts: readonly HostsConflict[];
  /** The block's lines; empty where there is none afterwards. */
  readonly block: string;
  /** The whole file afterwards. */
  readonly text: string;
}

/** What became of it; `changed` is false when the file was right before. */
export interface HostsResult extends Omit<HostsChange, 'text'> {
  readonly changed: boolean;
}

export interface HostsStatus {
  readonly environment: string;
  readonly file: string;
  /** Names in the environment's block. */
  readonly written: readonly string[];
  /** What the environment serves, and what this machine makes of it; absent when its file cannot be read. */
  readonly served?: readonly (CheckedName & { readonly isWritten: boolean })[];
  readonly conflicts: readonly HostsConflict[];
  /** Environments with a block in the file. */
  readonly environments: readonly string[];
  /** Why the environment's names are not known. */
  readonly problem?: string;
}

/**
 * What `platform hosts apply` would write: the names that the environment serves, without those below localhost that
 * this machine finds by itself.
 * @throws PlatformError `conflict` when the environment is unknown or its block is damaged
 */
export async function planHostsBlock(
  request: HostsRequest,
  ports: Pick<Ports, 'paths'>,
  resolver?: Resolver,
): Promise<HostsChange> {
  const environment = await requestedEnvironment(request, ports);
  const { name } = environment;
  const file = request.hostsFile ?? systemHostsFile;
  const text = await readHostsFile(file);
  const written = writtenNames(text, name);
  const checked = await checkNames(hostsOf(environment), resolver);
  // A name that is found because it is written here stays.
  const wanted = checked
    .filter((one) => written.includes(one.name) || !isLocalhost(one.name) || one.resolution.status !== 'here')
    .map((one) => one.name);
  const conflicts = hostsConflicts(text, name, { address, names: wanted });
  const names = wanted.filter((one) => !conflicts.some((conflict) => conflict.name === one)).sort();
  return changeOf({ name, file, text, names, conflicts });
}

/** What `platform hosts remove` would leave; the environment may be gone already. */
export async function planHostsRemoval(request: HostsRequest, ports: Pick<Ports, 'paths'>): Promise<HostsChange> {
  const { name } = await findEnvironment(request.environment, request.cwd, ports);
  const file = request.hostsFile ?? systemHostsFile;
  return changeOf({ name, file, text: await readHostsFile(file), names: [], conflicts: [] });
}

/** The result of a change that was only looked at. */
export function unchanged({ environment, file, change, names, conflicts, block }: HostsChange): HostsResult {
  return { environment, file, change, names, conflicts, block, changed: false };
}

/** Makes a planned change; asks nobody. @throws PlatformError `prerequisite` without the right to */
export async function applyHostsChange(
  change: HostsChange,
  { processes, interruption }: Pick<Ports, 'processes' | 'interruption'>,
): Promise<HostsResult> {
  if (change.change === 'none') return unchanged(change);
  await writeHostsFile(change.file, change.text, { processes, signal: interruption.draining });
  return { ...unchanged(change), changed: true };
}

/** What the hosts file has for an environment, and whether its names lead here. */
export async function hostsStatus(
  request: HostsRequest,
  ports: Pick<Ports, 'paths'>,
  resolver?: Resolver,
): Promise<HostsStatus> {
  const found = await findEnvironment(request.environment, request.cwd, ports);
  const file = request.hostsFile ?? systemHostsFile;
  const text = await readHostsFile(file);
  const written = writtenNames(text, found.name);
  const common = {
    environment: found.name,
    file,
    written,
    environments: hostsBlocks(text).map(({ environment }) => environment),
  };
  let environment: Environment;
  try {
    environment = await wantedByFound(found, request);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return { ...common, conflicts: [], problem: error.message };
  }
  const names = hostsOf(environment);
  const served = (await checkNames(names, resolver)).map((one) => ({ ...one, isWritten: written.includes(one.name) }));
  return { ...common, served, conflicts: hostsConflicts(text, found.name, { address, names }) };
}

/** Names that others keep from being written are a conflict, even where all else was written. */
export function conflictFailure({ conflicts, file }: HostsResult): Failure | undefined {
  if (conflicts.length === 0) return undefined;
  const names = conflicts.map(({ name }) => name).join(', ');
  return failureOf(
    new PlatformError('conflict', `other lines of ${file} lead ${names} elsewhere`, {
      suggestions: ['remove those names from these lines, then run `platform hosts apply` again'],
      facts: { conflicts },
    }),
  );
}

function changeOf(wanted: {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly names: readonly string[];
  readonly conflicts: readonly HostsConflict[];
}): HostsChange {
  const { name, file, text, names, conflicts } = wanted;
  const entries = names.length > 0 ? [{ address, names }] : [];
  const after = withHostsBlock(text, name, entries);
  const isThere = hostsBlocks(text).some(({ environment }) => environment === name);
  const change = after === text ? 'none' : entries.length === 0 ? 'remove' : isThere ? 'update' : 'add';
  const block = entries.length > 0 ? hostsBlockText(name, entries) : '';
  return { environment: name, file, change, names, conflicts, block, text: after };
}

function writtenNames(text: string, environment: string): string[] {
  const block = hostsBlocks(text).find((one) => one.environment === environment);
  return block?.entries.flatMap(({ names }) => names) ?? [];
}

function isLocalhost(name: string): boolean {
  return /(^|\.)localhost$/.test(name);
}
