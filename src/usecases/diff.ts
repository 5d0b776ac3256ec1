import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import type { OpenDrill } from '../chaos/intent/open-drills.js';
import type { Environment, Release } from '../environment/environment.js';
import { switchOn } from '../environment/parts.js';
import { PlatformError } from '../errors.js';
import { laneLimits, type Check } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { definitionsId } from '../releases/definitions/definitions-step.js';
import { didYouMean } from '../releases/find-installed.js';
import { liveCluster } from '../releases/drift/live-cluster.js';
import { lockedDigests } from '../releases/lock/lock-coverage.js';
import { readLockFor } from '../releases/lock/lock-file.js';
import { observeReleases, releaseKey, type ObservedRelease } from '../releases/helm/observed.js';
import { diffRelease, type ReleaseDiff } from '../releases/drift/release-diff.js';
import { releaseId } from '../releases/release-step.js';
import { asItIs } from '../releases/settle.js';
import { assemble } from './assemble.js';
import { chosenProvider } from './chosen-provider.js';
import { imageParts } from './images-parts.js';
import { settling, withImages } from './settling.js';
import { plan, type PlannedStep } from './up.js';

export interface DiffOptions {
  /** Names of releases; all of the environment without any. */
  readonly releases: readonly string[];
}

export interface DiffResult {
  readonly environment: string;
  readonly provider: string;
  /** What is not real about it. */
  readonly simulation?: string;
  readonly releases: readonly ReleaseDiff[];
  /** Namespaces and Secrets that are not as wanted; none where only some releases were asked for. */
  readonly surroundings: readonly Surrounding[];
  /** What they hold is not compared. */
  readonly drills: readonly OpenDrill[];
  /** True when any release or what is around it has drifted, or would be changed by the next `up`. */
  readonly changes: boolean;
}

/** A namespace or a Secret that the next `up` would change, or cannot. */
export interface Surrounding {
  /** `namespace app-services`, `secret grafana-admin`. */
  readonly name: string;
  readonly status: 'changed' | 'blocked';
  /** Names keys and fields, never what is in a Secret. */
  readonly reason: string;
}

/**
 * How the releases in the cluster differ from what is wanted: those that are as installed are compared with what Helm
 * installed, the others with what the next `up` would install. Changes nothing.
 * @throws PlatformError `usage` for a release that the environment does not have
 */
export async function diff(environment: Environment, { releases }: DiffOptions, ports: Ports): Promise<DiffResult> {
  const chosen = choose(environment, releases);
  const options = { only: releases, skip: [], prune: false, repair: false, recreate: false };
  const { provider, simulation, steps, drills } = await plan(environment, options, ports);
  const checks = new Map(steps.map(({ id, check }) => [id, check]));
  const { name } = (await chosenProvider(environment, ports)).choice;
  const locked = lockedDigests(await readLockFor(environment), environment);
  const { provider: cluster, view, charts, helm, engine } = assemble(environment, name, ports, { locked });
  const images = cluster.machines ? await imageParts(environment, ports, engine) : undefined;
  const settle = settling(environment, cluster, images) ?? asItIs;
  const named = new Map((await withImages(environment, images)).map((release) => [release.name, release]));
  const live = await liveCluster(view);
  const observed = live ? await observeReleases(view) : new Map<string, ObservedRelease>();
  const signal = ports.interruption.draining;
  const compare = async (release: Release) => {
    const wanted = named.get(release.name) ?? release;
    const settled = live ? await settle(wanted, signal) : wanted;
    return diffRelease('unsettled' in settled ? wanted : settled, {
      check: checkOf(release, checks),
      observed: observed.get(releaseKey(release)),
      ...{ cluster: live, charts, helm, signal },
      kubernetes: environment.local.kubernetes,
    });
  };
  // A Helm for each release that changes.
  const diffs = await pLimit(laneLimits(availableParallelism()).helm).map(chosen, compare);
  const surroundings = releases.length > 0 ? [] : surroundingsOf(steps);
  return {
    environment: environment.name,
    provider,
    ...(simulation !== undefined && { simulation }),
    releases: diffs,
    surroundings,
    drills,
    changes: surroundings.length > 0 || diffs.some(({ status }) => status !== 'unchanged' && status !== 'omitted'),
  };
}

function surroundingsOf(steps: readonly PlannedStep[]): Surrounding[] {
  return steps.flatMap(({ id, title, check }): Surrounding[] => {
    if (!/^(namespace|secret)\//.test(id)) return [];
    if (check.status === 'needed') return [{ name: title, status: 'changed', reason: check.reason }];
    return check.status === 'blocked' ? [{ name: title, status: 'blocked', reason: check.by }] : [];
  });
}

function choose({ releases: all, offReleases }: Environment, names: readonly string[]): readonly Release[] {
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new PlatformError('usage', `the environment has no release ${unknown}`, {
      suggestions: [
        ...switchOn(unknown, offReleases),
        ...didYouMean(unknown, known),
        `its releases are ${known.join(', ')}`,
      ],
    });
  }
  return names.length > 0 ? all.filter(({ name }) => names.includes(name)) : all;
}

// Definitions that we apply are steps of their own, but to a reader they are part of the release.
function checkOf({ name }: Release, checks: ReadonlyMap<string, Check>): Check {
  const check = checks.get(releaseId(name)) ?? { status: 'unneeded' };
  const definitions = checks.get(definitionsId(name));
  if (check.status !== 'satisfied' || definitions?.status !== 'needed') return check;
  return { status: 'needed', reason: `definitions: ${definitions.reason}` };
}
