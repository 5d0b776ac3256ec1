import { describe, expect, it } from 'vitest';
import type { Check } from '../../../src/plan/step.js';
import type { Edge } from '../../../src/releases/contents/contents.js';
import { releaseGraph, type GraphSource } from '../../../src/releases/graph/release-graph.js';
import { release } from '../release.js';

const step = (id: string, needs: readonly string[] = [], check: Check = { status: 'needed', reason: 'new' }) => ({
  id,
  needs,
  check,
});

/** web waits for the webhook of cert; the definitions of cert come before any release. */
const steps = [
  step('cluster'),
  step('chart/cert', ['cluster']),
  step('crds/cert', ['chart/cert']),
  step('gate/cert/crds', ['crds/cert']),
  step('release/cert', ['chart/cert', 'namespace/shop']),
  step('gate/cert/webhook', ['release/cert']),
  step('gate/cert/issuer/main', ['release/cert']),
  step('chart/web', ['cluster']),
  step('release/web', ['chart/web', 'gate/cert/webhook', 'gate/cert/crds']),
  step('gate/web/ready', ['release/web']),
];
const edges: readonly Edge[] = [
  { from: 'web', to: 'cert', facet: 'webhook' },
  { from: 'web', to: 'cert', facet: 'crds', derived: 'creates Certificate/web' },
];
const durations = {
  cluster: 9000,
  'chart/cert': 300,
  'crds/cert': 200,
  'release/cert': 1000,
  'gate/cert/webhook': 2000,
  'gate/cert/issuer/main': 50,
  'release/web': 700,
};

function graph(
  recorded: Readonly<Record<string, number>> = durations,
  source: Partial<GraphSource> = {},
  releases = [release('web'), release('cert')],
) {
  return releaseGraph(
    { name: 'shop', releases },
    { provider: 'kind', steps, edges, ...source },
    new Map(Object.entries(recorded)),
  );
}

describe('the graph of releases', () => {
  it('has each release with what is known of it and of the time it took', () => {
    const { releases } = graph();
    expect(releases).toEqual([
      {
        name: 'cert',
        namespace: 'shop',
        chart: 'https://charts.example.org/cert 1.2.3',
        level: 1,
        chartMs: 300,
        crdsMs: 200,
        durationMs: 1000,
        gates: [{ facet: 'crds' }, { facet: 'webhook', durationMs: 2000 }, { facet: 'issuer/main', durationMs: 50 }],
        critical: true,
      },
      {
        name: 'web',
        namespace: 'shop',
        chart: 'https://charts.example.org/web 1.2.3',
        level: 2,
        durationMs: 700,
        gates: [{ facet: 'ready' }],
        critical: true,
      },
    ]);
  });

  it('marks the longest path over the recorded durations, from the first release on', () => {
    const { criticalPath, edges: marked } = graph();
    expect(criticalPath).toEqual({
      durationMs: 4000,
      steps: [
        { id: 'chart/cert', durationMs: 300 },
        { id: 'release/cert', durationMs: 1000 },
        { id: 'gate/cert/webhook', durationMs: 2000 },
        { id: 'release/web', durationMs: 700 },
      ],
      unmeasured: [],
    });
    expect(marked.map(({ facet, critical }) => [facet, critical])).toEqual([
      ['webhook', true],
      ['crds', false],
    ]);
  });

  it('marks the edge of a gate that had nothing to wait for', () => {
    const rest = Object.fromEntries(Object.entries(durations).filter(([id]) => id !== 'gate/cert/webhook'));
    expect(graph(rest).edges.find(({ facet }) => facet === 'webhook')?.critical).toBe(true);
  });

  it('names the releases that were never measured, and has no path where nothing was', () => {
    expect(graph({ 'release/cert': 1000 }).criticalPath?.unmeasured).toEqual(['web']);
    expect(graph({}).criticalPath).toBeUndefined();
    expect(graph({}).releases.every(({ critical }) => !critical)).toBe(true);
  });

  it('says why a release is omitted, and does not count what it once took', () => {
    const reason = 'simulated nodes have no network';
    const omitted = steps.map((one) =>
      one.id.includes('/cert') ? { ...one, check: { status: 'omitted' as const, reason } } : one,
    );
    const { releases, criticalPath } = graph(durations, { steps: omitted });
    expect(releases.find(({ name }) => name === 'cert')).toEqual({
      name: 'cert',
      namespace: 'shop',
      chart: 'https://charts.example.org/cert 1.2.3',
      omitted: reason,
      level: 1,
      gates: [{ facet: 'crds' }, { facet: 'webhook' }, { facet: 'issuer/main' }],
      critical: false,
    });
    expect(criticalPath).toEqual({
      durationMs: 700,
      steps: [{ id: 'release/web', durationMs: 700 }],
      unmeasured: [],
    });
  });

  it('has levels where two releases wait for each other, one of them for definitions only', () => {
    const circle = [
      step('crds/web'),
      step('gate/web/crds', ['crds/web']),
      step('release/cert', ['gate/web/crds']),
      step('gate/cert/webhook', ['release/cert']),
      step('release/web', ['gate/cert/webhook']),
    ];
    const both: readonly Edge[] = [
      { from: 'cert', to: 'web', facet: 'crds' },
      { from: 'web', to: 'cert', facet: 'webhook' },
    ];
    const { releases } = graph({}, { steps: circle, edges: both });
    expect(releases.map(({ name, level }) => [name, level])).toEqual([
      ['cert', 1],
      ['web', 2],
    ]);
  });

  it('leaves out what its releases are not part of', () => {
    const { releases, edges: left, criticalPath } = graph(durations, {}, [release('web')]);
    expect(releases.map(({ name }) => name)).toEqual(['web']);
    expect(left).toEqual([]);
    expect(criticalPath?.durationMs).toBe(700);
  });

  it('shows no credentials of a chart repository', () => {
    const chart = {
      from: 'repository',
      repository: 'https://ada:hunter2@charts.example.org',
      name: 'web',
      version: '1',
    } as const;
    expect(JSON.stringify(graph({}, {}, [release('web', { chart }), release('cert')]))).not.toContain('hunter2');
  });
});
