import { userInfo } from 'node:os';
import { ensureAuthority, readAuthority, type Authority } from '../certificates/authority.js';
import { dayOf, type CertificateFile } from '../certificates/certificate.js';
import { PlatformError } from '../errors.js';
import type { Ports } from '../ports.js';
import { pasteable } from '../process.js';
import { carryOutChanges, type TrustChange } from '../trust/carry-out.js';
import { findElevation, notElevated, type Elevation } from '../trust/elevation.js';
import { followers, type Follower } from '../trust/followers.js';
import { hasExactly, stateOf, wantedIn, type TrustState } from '../trust/state.js';
import type { StoreName, TrustCommand, TrustMachine, TrustPlace } from '../trust/store.js';
import { storesFor } from '../trust/stores.js';

export interface TrustOptions {
  /** All of them without a choice. */
  readonly stores: readonly StoreName[];
  readonly machine: Pick<TrustMachine, 'root' | 'home' | 'platform'>;
  readonly isRoot: boolean;
  readonly isInteractive: boolean;
}

/** A place of a store, as a person and a script want to know it. */
export interface TrustedPlace {
  readonly store: StoreName;
  /** Absent where the store is not on this machine. */
  readonly where?: string;
  readonly state: TrustState;
  /** Who looks there, or why there is nothing to look at. */
  readonly detail: string;
  readonly fix?: readonly string[];
}

export interface TrustedAuthority {
  readonly file: string;
  /** SHA-256, hexadecimal. */
  readonly fingerprint: string;
  /** ISO 8601, a day. */
  readonly validTo: string;
}

export interface TrustStatus {
  /** Absent while none was made. */
  readonly authority?: TrustedAuthority;
  readonly places: readonly TrustedPlace[];
  readonly followers: readonly Follower[];
}

export interface TrustPlan {
  readonly authority?: TrustedAuthority;
  readonly changes: readonly TrustChange[];
  readonly elevation: Elevation;
  /** Places that stay as they are. */
  readonly others: readonly TrustedPlace[];
  /** What only a person can do. */
  readonly advice: readonly string[];
}

export interface TrustResult {
  readonly authority?: TrustedAuthority;
  readonly changed: readonly {
    readonly store: StoreName;
    readonly where: string;
    readonly commands: readonly string[];
  }[];
  readonly others: readonly TrustedPlace[];
  readonly advice: readonly string[];
}

/** Which stores of this machine trust the authority of this user; changes nothing. */
export async function trustStatus(options: TrustOptions, ports: Ports): Promise<TrustStatus> {
  const authority = await readAuthority(ports.paths);
  const machine = machineOf(options, ports);
  const { places, absent } = await lookAround(options, machine, authority);
  return {
    ...(authority && { authority: summaryOf(authority) }),
    places: [...places.map((place) => placeOf(place, authority)), ...absent],
    followers: await followers(machine, authority),
  };
}

/** What would have to be done for the stores to trust the authority, which is made where there is none yet. */
export async function planInstall(options: TrustOptions, ports: Ports): Promise<TrustPlan> {
  refuseSudo(options, ports);
  const { paths, clock, interruption } = ports;
  const authority = await ensureAuthority(paths, clock, interruption.draining);
  return planChanges(options, ports, authority, (place) => wantedIn(place, authority, clock.now()));
}

/** What would have to be done for the stores to know none of this user's authorities. */
export async function planRemoval(options: TrustOptions, ports: Ports): Promise<TrustPlan> {
  refuseSudo(options, ports);
  return planChanges(options, ports, await readAuthority(ports.paths), () => []);
}

/**
 * Carries a plan out, what needs no administrator first.
 * @throws PlatformError `prerequisite` with the commands that are left, where nobody may run them; `tool` for the first
 * that failed, after all others were done
 */
export async function carryOut(plan: TrustPlan, { processes, interruption }: Ports): Promise<TrustResult> {
  const { authority, others, advice, changes, elevation } = plan;
  const { done, failures, left } = await carryOutChanges(changes, elevation, processes, interruption.draining);
  if (failures[0]) throw failures[0];
  if (left) throw notElevated(left.commands, left.reason);
  const changed = done.map(({ store, where, commands }) => ({ store, where, commands: commands.map(commandText) }));
  return { ...(authority && { authority }), changed, others, advice };
}

function commandText({ command, args }: TrustCommand): string {
  return pasteable(command, args);
}

async function planChanges(
  options: TrustOptions,
  ports: Ports,
  authority: Authority | undefined,
  wanted: (place: TrustPlace) => readonly CertificateFile[],
): Promise<TrustPlan> {
  const { places, absent } = await lookAround(options, machineOf(options, ports), authority);
  const advice = places.flatMap((place) => place.advice?.(wanted(place)) ?? []);
  const changes = places.flatMap((place) => {
    const certificates = wanted(place);
    if (place.obstacle || hasExactly(place, certificates)) return [];
    const commands = place.commands(certificates);
    return commands.length > 0 ? [{ place, commands }] : [];
  });
  const isSystemWide = changes.some(({ place }) => place.isSystemWide);
  const { processes, variables } = ports;
  const { isRoot, isInteractive } = options;
  const changing = new Set(changes.map(({ place }) => place));
  return {
    ...(authority && { authority: summaryOf(authority) }),
    changes: changes.map(({ place: { store, where, readers, isSystemWide }, commands }) => ({
      store,
      where,
      readers,
      isSystemWide,
      commands,
    })),
    elevation: isSystemWide ? await findElevation({ processes, variables, isRoot, isInteractive }) : { by: 'nothing' },
    others: [...places.filter((place) => !changing.has(place)).map((place) => placeOf(place, authority)), ...absent],
    advice,
  };
}

async function lookAround(
  { stores }: TrustOptions,
  machine: TrustMachine,
  authority: Authority | undefined,
): Promise<{ readonly places: readonly TrustPlace[]; readonly absent: readonly TrustedPlace[] }> {
  const looked = await Promise.all(
    storesFor(machine, stores).map(async (store) => ({ store, places: await store.places(machine, authority) })),
  );
  return {
    places: looked.flatMap(({ places }) => places),
    absent: looked
      .filter(({ places }) => places.length === 0)
      .map(({ store }) => ({ store: store.name, state: 'unavailable', detail: store.absence })),
  };
}

function placeOf(place: TrustPlace, authority: Authority | undefined): TrustedPlace {
  const { store, where, readers, obstacle } = place;
  const state = stateOf(place, authority);
  if (state === 'unavailable' && obstacle) return { store, where, state, detail: obstacle.reason, fix: obstacle.fix };
  const fix = state === 'trusted' || !authority ? [] : (place.advice?.([authority]) ?? []);
  return { store, where, state, detail: readers, ...(fix.length > 0 && { fix }) };
}

function summaryOf({ file, fingerprint, validTo }: Authority): TrustedAuthority {
  return { file, fingerprint, validTo: dayOf(validTo) };
}

function machineOf({ machine }: TrustOptions, { processes, variables }: Ports): TrustMachine {
  return { ...machine, processes, variables };
}

// It would be the authority of root that is trusted then, which signs nothing that this person meets.
function refuseSudo({ isRoot }: TrustOptions, { variables }: Ports): void {
  const caller = variables['SUDO_USER'];
  if (!isRoot || caller === undefined || caller === '' || caller === userInfo().username) return;
  throw new PlatformError('usage', `this would be about the authority of root, not of ${caller}`, {
    suggestions: ['run the command without sudo: it asks for sudo itself, and says what for'],
  });
}
