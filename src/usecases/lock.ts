import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { Target } from '../environment/environment.js';
import { writeFileAtomically } from '../files.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { runPlan } from '../plan/runner.js';
import { laneLimits } from '../plan/step.js';
import type { Ports } from '../ports.js';
import type { ReleaseChange } from '../releases/lock/lock-changes.js';
import { lockText, type Lock } from '../releases/lock/lock-file.js';
import { pinOf } from '../toolchain/pins.js';
import { lockDifference } from './lock-difference.js';
import { draftLock, type Draft, type DraftOptions } from './lock-draft.js';
import { lockFailure } from './lock-failure.js';
import type { LockParts } from './lock-parts.js';
import { lockSteps } from './lock-steps.js';
import { loadLockTargets, type LeftOutTarget, type LockFileOptions } from './lock-targets.js';
import { prepareLock, type LockWork, type Update } from './lock-work.js';
import { lockedImages, type LockedImages } from './locked-images.js';

export interface LockResult {
  /** Absolute path of the lock file. */
  readonly file: string;
  /** The targets it covers. */
  readonly targets: readonly Target[];
  readonly leftOut: readonly LeftOutTarget[];
  /** Optional parts that the command line asked for. */
  readonly askedParts?: readonly string[];
  /** How many releases it holds. */
  readonly releases: number;
  readonly changes: readonly ReleaseChange[];
  /** Nothing had to be written: the file was, byte for byte, what it should be. */
  readonly upToDate: boolean;
  /** Releases that are taken as they were locked, because what decides about them is not on this machine. */
  readonly unchecked: Draft['unchecked'];
  /** Images whose reference can be another image tomorrow. */
  readonly mutable: readonly { readonly release: string; readonly image: string; readonly why: string }[];
  /** Images that were asked for and have no digest. */
  readonly unresolved: readonly { readonly image: string; readonly reason: string }[];
}

export interface LockOptions extends LockFileOptions {
  /** Releases whose publishers and registries are asked again, whatever is locked. */
  readonly update: Update;
}

/**
 * Writes the lock file of an environment: what is new or changed is resolved, the rest kept. It is written whole or
 * not at all.
 * @throws PlatformError with the code of the first failure and every release that could not be resolved
 */
export async function lock(options: LockOptions, parts: LockParts, ports: Ports): Promise<LockResult> {
  const { events, clock, interruption } = ports;
  const work = await prepareLock(await loadLockTargets(options), options.update, parts);
  const images = lockedImages(work, parts.registries);
  const steps = lockSteps(work, images, parts);
  const plan = await checkPlan(buildPlan(steps), interruption.draining);
  events.emit({
    ...{ type: 'run-started', run: 'lock', command: 'lock', environment: work.targets.environments[0]?.name ?? '' },
    steps: steps.map(({ id, title, needs, lane }) => ({ id, title, needs, lane })),
  });
  const lanes = laneLimits(availableParallelism());
  const results = await runPlan(plan, { events, clock, interruption, lanes });
  const failure = lockFailure(basename(work.file), results);
  if (failure) throw failure;

  const draft = await draftLock(work, draftOptions(images, parts, true), contextOf(ports));
  const text = lockText(draft.lock);
  if (text !== work.text) await writeFileAtomically(work.file, text);
  return resultOf(work, draft, text, images);
}

/** What {@link lock} would change, as far as it can be told without the network; writes nothing. */
export async function checkLock(options: LockFileOptions, parts: LockParts, ports: Ports): Promise<LockResult> {
  const work = await prepareLock(await loadLockTargets(options), [], parts);
  const images = lockedImages(work, parts.registries);
  const canRender = (await parts.toolchain.find('helm')) !== undefined;
  const draft = await draftLock(work, draftOptions(images, parts, canRender), contextOf(ports));
  return resultOf(work, draft, lockText(draft.lock), images);
}

function draftOptions(images: LockedImages, { toolchain }: LockParts, canRender: boolean): DraftOptions {
  const digestOf: DraftOptions['digestOf'] = (release, image) => images.digestOf(release, image);
  return { canRender, helm: pinOf(toolchain.pins, 'helm').accepts, digestOf };
}

function contextOf({ interruption }: Ports) {
  return { signal: interruption.draining, progress: () => undefined };
}

async function resultOf(work: LockWork, draft: Draft, text: string, images: LockedImages): Promise<LockResult> {
  const { targets } = work;
  const askedParts = targets.environments[0]?.askedParts;
  const entries = Object.entries(draft.lock.releases).sort(([a], [b]) => a.localeCompare(b));
  return {
    file: work.file,
    targets: targets.environments.map(({ target }) => target),
    leftOut: targets.leftOut,
    ...(askedParts && { askedParts }),
    releases: entries.length,
    changes: await lockDifference(work, draft.lock),
    upToDate: text === work.text,
    unchecked: draft.unchecked,
    mutable: mutableImages(draft.lock),
    unresolved: [...new Set(entries.flatMap(([, locked]) => locked.images.map(({ image }) => image)))].flatMap(
      (image) => {
        const reason = images.reasonFor(image);
        return reason === undefined ? [] : [{ image, reason }];
      },
    ),
  };
}

function mutableImages({ releases }: Lock): LockResult['mutable'] {
  return Object.entries(releases).flatMap(([release, { images }]) =>
    images.flatMap(({ image, mutable }) => (mutable === undefined ? [] : [{ release, image, why: mutable }])),
  );
}
