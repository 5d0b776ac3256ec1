import { describe, expect, it } from 'vitest';
import type { Edge } from '../../../src/releases/contents/contents.js';
import { wavesOf } from '../../../src/releases/argocd/waves.js';
import { contents, definition, rendered } from './given.js';

const edge = (from: string, to: string, facet: Edge['facet'] = 'ready'): Edge => ({ from, to, facet });
const shown = ({ definitions, releases }: ReturnType<typeof wavesOf>) => ({
  definitions: Object.fromEntries(definitions),
  releases: Object.fromEntries(releases),
});

describe('sync waves', () => {
  it('are the longest way over the graph, whatever the order of the releases', () => {
    const releases = ['web', 'api', 'db', 'cache'].map((name) => rendered(name));
    const edges = [edge('web', 'api'), edge('api', 'db'), edge('web', 'db'), edge('api', 'cache', 'address')];
    const waves = { definitions: {}, releases: { web: 2, api: 1, db: 0, cache: 0 } };
    expect(shown(wavesOf(releases, edges))).toEqual(waves);
    expect(shown(wavesOf([...releases].reverse(), [...edges].reverse()))).toEqual(waves);
  });

  it('put definitions that are applied first into wave 0, before what waits for them alone', () => {
    const releases = [rendered('monitoring', 'platform'), rendered('db'), rendered('certificates')];
    const edges = [
      edge('db', 'monitoring', 'crds'),
      edge('certificates', 'monitoring', 'crds'),
      edge('monitoring', 'certificates', 'webhook'),
    ];
    expect(shown(wavesOf(releases, edges))).toEqual({
      definitions: { monitoring: 0 },
      releases: { db: 1, certificates: 1, monitoring: 2 },
    });
  });

  it('put what waits for definitions that Helm owns after the release that brings them', () => {
    const releases = [rendered('operator', 'helm'), rendered('db')];
    expect(shown(wavesOf(releases, [edge('db', 'operator', 'crds')]))).toEqual({
      definitions: {},
      releases: { operator: 0, db: 1 },
    });
  });

  it('put it after the release, too, where Helm owns only some of them', () => {
    const definitions = [definition('a.example.org', 'platform'), definition('b.example.org', 'helm')];
    const releases = [rendered('operator', undefined, { contents: contents({ definitions }) }), rendered('db')];
    expect(shown(wavesOf(releases, [edge('db', 'operator', 'crds')]))).toEqual({
      definitions: { operator: 0 },
      releases: { operator: 1, db: 2 },
    });
  });

  it('leave out edges to releases that are not exported', () => {
    expect(shown(wavesOf([rendered('db')], [edge('db', 'gone'), edge('gone', 'db')])).releases).toEqual({ db: 0 });
  });

  it('count an edge that is there twice once', () => {
    const edges = [edge('web', 'db'), edge('web', 'db', 'address'), edge('db', 'web', 'crds')];
    expect(shown(wavesOf([rendered('web', 'platform'), rendered('db')], edges)).releases).toEqual({ db: 1, web: 2 });
  });

  it('do not exist for a circle', () => {
    const releases = [rendered('a'), rendered('b')];
    expect(() => wavesOf(releases, [edge('a', 'b'), edge('b', 'a', 'webhook')])).toThrow(/a → b → a|b → a → b/);
  });

  it('are found for a chain of thousands', () => {
    const releases = Array.from({ length: 5_000 }, (_, index) => rendered(`r${String(index)}`));
    const edges = releases.slice(1).map(({ name }, index) => edge(name, `r${String(index)}`));
    expect(wavesOf(releases, edges).releases.get('r4999')).toBe(4_999);
  });

  it('respect every edge of any graph, and are no higher than they must be', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const { releases, edges } = randomGraph(seed);
      const { definitions, releases: waves } = wavesOf(releases, edges);
      const before = new Map(releases.map(({ name }) => [name, [definitions.get(name) ?? -1]]));
      for (const { from, to, facet } of edges) {
        const awaited = facet === 'crds' ? (definitions.get(to) ?? waves.get(to)) : waves.get(to);
        expect(waves.get(from), `${from} needs ${to}:${facet} (seed ${String(seed)})`).toBeGreaterThan(awaited ?? NaN);
        before.get(from)?.push(awaited ?? NaN);
      }
      for (const [name, all] of before) expect(waves.get(name)).toBe(Math.max(...all) + 1);
    }
  });
});

// Later releases need earlier ones; definitions that are applied first may be needed by anybody.
function randomGraph(seed: number) {
  let state = seed;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const ways = [undefined, 'platform', 'helm'] as const;
  const releases = Array.from({ length: 20 }, (_, index) => rendered(`r${String(index)}`, ways[random(3)]));
  const edges = Array.from({ length: 40 }, (): Edge => {
    const [low, high] = [random(20), random(20)].sort((a, b) => a - b) as [number, number];
    const target = releases[high];
    const isFree = target?.contents?.definitions[0]?.by === 'platform';
    if (isFree) return edge(`r${String(low)}`, `r${String(high)}`, 'crds');
    return edge(`r${String(high)}`, `r${String(low)}`);
  }).filter(({ from, to }) => from !== to);
  return { releases, edges };
}
