import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { findCycle } from '../../plan/graph.js';
import type { Edge } from '../contents/contents.js';
import { appliedDefinitions } from '../definitions/definitions.js';
import { isAppliedFirst } from '../graph/providers.js';

/** Sync waves by the name of the release; a lower one is synced, and healthy, before a higher one starts. */
export interface Waves {
  /** Of the definitions that come in an Application of their own. */
  readonly definitions: ReadonlyMap<string, number>;
  readonly releases: ReadonlyMap<string, number>;
}

/**
 * The longest way to each release over the graph that `up` goes by: nothing is later than it has to be. Definitions
 * that are applied before any release are nodes of their own here as there, all in wave 0; so two releases may use
 * each other's custom resources.
 * @throws PlatformError `usage` where the graph goes round in a circle
 */
export function wavesOf(releases: readonly Release[], edges: readonly Edge[]): Waves {
  const needs = needsOf(releases, edges);
  const cycle = findCycle(needs);
  if (cycle) {
    throw new PlatformError('usage', `Argo CD has no order for releases that need each other: ${cycle.join(' → ')}`);
  }
  const waves = longestWays(needs);
  const of = (kind: (name: string) => string) =>
    new Map(
      releases.flatMap(({ name }) => {
        const wave = waves.get(kind(name));
        return wave === undefined ? [] : [[name, wave] as const];
      }),
    );
  return { definitions: of(definitionsNode), releases: of((name) => name) };
}

const definitionsNode = (release: string) => `${release} (definitions)`;

function needsOf(releases: readonly Release[], edges: readonly Edge[]): ReadonlyMap<string, readonly string[]> {
  const byName = new Map(releases.map((release) => [release.name, release]));
  const needs = new Map<string, string[]>();
  for (const release of releases) {
    const own = appliedDefinitions(release).length > 0 ? [definitionsNode(release.name)] : [];
    for (const node of own) needs.set(node, []);
    needs.set(release.name, own);
  }
  for (const { from, to, facet } of edges) {
    const target = byName.get(to);
    if (!target || from === to) continue;
    const isOwnNode = facet === 'crds' && isAppliedFirst(target) && needs.has(definitionsNode(to));
    needs.get(from)?.push(isOwnNode ? definitionsNode(to) : to);
  }
  return needs;
}

// By counting down what each node still waits for: a chain of thousands must not overflow the call stack.
function longestWays(needs: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  const followers = new Map<string, string[]>();
  for (const [node, list] of needs) {
    for (const need of new Set(list)) followers.set(need, [...(followers.get(need) ?? []), node]);
  }
  const open = new Map([...needs].map(([node, list]) => [node, new Set(list).size]));
  const ready = [...needs.keys()].filter((node) => open.get(node) === 0);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    const before = (needs.get(node) ?? []).map((need) => (waves.get(need) ?? 0) + 1);
    waves.set(node, Math.max(0, ...before));
    for (const follower of followers.get(node) ?? []) {
      const left = (open.get(follower) ?? 0) - 1;
      open.set(follower, left);
      if (left === 0) ready.push(follower);
    }
  }
  return waves;
}
