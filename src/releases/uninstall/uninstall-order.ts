import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { Edge } from '../contents/contents.js';
import { didYouMean } from '../find-installed.js';
import type { InstalledRelease } from './installed.js';
import { releaseKey } from '../helm/observed.js';

/** One installed release needs another, both by `namespace/name`. */
export interface Link {
  readonly from: string;
  readonly to: string;
  /** `needs postgres:ready`, `has Certificate/auth`. */
  readonly reason: string;
}

/**
 * Who needs whom among the installed releases: by the edges of the environment, and by the custom resources that each
 * release really has in the cluster.
 */
export function linksOf(
  installed: readonly InstalledRelease[],
  edges: readonly Edge[],
  wanted: readonly Release[],
): readonly Link[] {
  const links = new Map<string, Link>();
  const add = (link: Link) => {
    const id = `${link.from} ${link.to}`;
    if (link.from !== link.to && !links.has(id)) links.set(id, link);
  };
  for (const { from, to, facet, derived } of edges) {
    const [source, target] = [keyOf(from, installed, wanted), keyOf(to, installed, wanted)];
    if (source !== undefined && target !== undefined) {
      add({ from: source, to: target, reason: derived ?? `needs ${to}:${facet}` });
    }
  }
  const providers = new Map(
    installed.flatMap(({ key, definitions }) =>
      definitions.map(({ group, kind }) => [`${group}/${kind}`, key] as const),
    ),
  );
  for (const { key, objects } of installed) {
    for (const { group, kind, path } of objects) {
      const to = providers.get(`${group}/${kind}`);
      if (to !== undefined) add({ from: key, to, reason: `has ${kind}/${path.split('/').at(-1) ?? ''}` });
    }
  }
  return [...links.values()];
}

// A release that moved to another namespace is there twice; the edges mean the one that is wanted.
function keyOf(name: string, installed: readonly InstalledRelease[], wanted: readonly Release[]): string | undefined {
  const found = installed.filter(({ observed }) => observed.name === name);
  const own = wanted.find((release) => release.name === name);
  if (own) return found.find(({ key }) => key === releaseKey(own))?.key;
  return found.length === 1 ? found[0]?.key : undefined;
}

/**
 * The releases that are to be uninstalled: those named (all of them without names), on request with all that need them.
 * @throws PlatformError `conflict` for one that is not installed by this environment, or that others still need
 */
export function select(
  names: readonly string[],
  installed: readonly InstalledRelease[],
  links: readonly Link[],
  dependants: boolean,
): readonly InstalledRelease[] {
  if (names.length === 0) return installed;
  const keys = new Set(names.flatMap((name) => named(name, installed)));
  if (dependants) {
    // A set that grows is walked to its end.
    for (const key of keys) for (const { from, to } of links) if (to === key) keys.add(from);
  }
  const selected = installed.filter(({ key }) => keys.has(key));
  const problems = selected.flatMap((release) => stillNeeded(release, keys, links) ?? []);
  if (problems[0]) throw problems[0];
  return selected;
}

function named(name: string, installed: readonly InstalledRelease[]): string[] {
  const found = installed.filter(({ key, observed }) => observed.name === name || key === name).map(({ key }) => key);
  if (found.length === 1) return found;
  const names = [...new Set(installed.map(({ observed }) => observed.name))].sort();
  if (found.length > 1) {
    throw new PlatformError('conflict', `there is more than one release ${name}: ${found.join(', ')}`, {
      suggestions: found.map((key) => `platform uninstall ${key}`),
    });
  }
  throw new PlatformError('conflict', `this environment has no release ${name} installed`, {
    suggestions: [
      ...didYouMean(name, names),
      names.length > 0 ? `installed are ${names.join(', ')}` : 'nothing is installed',
    ],
    facts: { release: name, installed: names },
  });
}

/** Why a release cannot go while others stay. */
export function stillNeeded(
  { key, observed }: InstalledRelease,
  going: ReadonlySet<string>,
  links: readonly Link[],
): PlatformError | undefined {
  const staying = links.filter(({ from, to }) => to === key && !going.has(from));
  if (staying.length === 0) return undefined;
  const by = staying.map(({ from, reason }) => `${from.split('/')[1] ?? from} (${reason})`);
  return new PlatformError('conflict', `${observed.name} is still needed by ${by.join(', ')}`, {
    suggestions: [`platform uninstall ${observed.name} --dependants uninstalls them as well, before it`],
    facts: { release: observed.name, neededBy: staying.map(({ from, reason }) => ({ release: from, reason })) },
  });
}

/**
 * Which of the releases have to be gone before each, by key: those that need it. Releases may need each other in a
 * circle, one for its definitions only, which were there before both; the link that closes a circle is left out.
 */
export function goneBefore(
  selected: readonly InstalledRelease[],
  links: readonly Link[],
): ReadonlyMap<string, readonly string[]> {
  const before = new Map<string, string[]>(selected.map(({ key }) => [key, []]));
  for (const { from, to } of links) {
    const list = before.get(to);
    if (list && before.has(from) && !reaches(from, to, before)) list.push(from);
  }
  return before;
}

function reaches(start: string, target: string, before: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>();
  const open = [start];
  for (let key = open.pop(); key !== undefined; key = open.pop()) {
    if (key === target) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...(before.get(key) ?? []));
  }
  return false;
}
