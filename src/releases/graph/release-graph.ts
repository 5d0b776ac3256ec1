import type { Environment, FacetName } from '../../environment/environment.js';
import { redactText } from '../../environment/redact.js';
import { longestChain } from '../../plan/longest-chain.js';
import type { Check } from '../../plan/step.js';
import { describeChart } from '../charts/chart-reference.js';
import type { Edge } from '../contents/contents.js';

/** A facet of a release that is proven, and how many milliseconds it was last waited for. */
export interface GraphGate {
  readonly facet: FacetName;
  readonly durationMs?: number;
}

export interface GraphRelease {
  readonly name: string;
  readonly namespace: string;
  /** Reference and version, without credentials. */
  readonly chart: string;
  /** Why it is not installed here. */
  readonly omitted?: string;
  /** 1 for a release that waits for no other to be installed; else one more than the highest it waits for. */
  readonly level: number;
  /** Milliseconds of the last time: fetching its chart, applying its CRDs, installing it. Absent where no run tells. */
  readonly chartMs?: number;
  readonly crdsMs?: number;
  readonly durationMs?: number;
  readonly gates: readonly GraphGate[];
  readonly critical: boolean;
}

export interface GraphEdge extends Edge {
  readonly critical: boolean;
}

export interface GraphPath {
  readonly durationMs: number;
  readonly steps: readonly { readonly id: string; readonly durationMs: number }[];
  /** Releases that were never installed as far as is known, so that the path may be another one. */
  readonly unmeasured: readonly string[];
}

/** The releases of an environment and what each waits for; what `plan --graph --json` prints. */
export interface ReleaseGraph {
  readonly environment: string;
  readonly provider: string;
  /** What is not real about it. */
  readonly simulation?: string;
  /** By level, then as in the file. */
  readonly releases: readonly GraphRelease[];
  readonly edges: readonly GraphEdge[];
  /** Absent where nothing was ever measured. */
  readonly criticalPath?: GraphPath;
}

/** What the graph is made of: a plan as the use case `plan` gives it. */
export interface GraphSource {
  readonly provider: string;
  readonly simulation?: string;
  /** In an order in which each step comes after all it needs. */
  readonly steps: readonly { readonly id: string; readonly needs: readonly string[]; readonly check: Check }[];
  readonly edges: readonly Edge[];
}

/**
 * Puts releases, edges and the durations of earlier runs (milliseconds by step id, as the journal has them) together.
 * The critical path is the longest path over these durations: the shortest time a run could take with room for
 * everything at once. It starts with the releases; the cluster and the tools come before.
 */
export function releaseGraph(
  { name: environment, releases }: Pick<Environment, 'name' | 'releases'>,
  { provider, simulation, steps, edges }: GraphSource,
  durations: ReadonlyMap<string, number>,
): ReleaseGraph {
  const names = new Set(releases.map(({ name }) => name));
  const checks = new Map(steps.map(({ id, check }) => [id, check]));
  const measured = (id: string) => (checks.get(id)?.status === 'omitted' ? undefined : durations.get(id));
  const levels = installLevels(steps);
  const own = steps.filter(({ id }) => names.has(releaseOf(id) ?? ''));
  const chain = longestChain(own, (id) => measured(id) ?? 0);
  const next = new Map(chain.ids.map((id, index) => [id, chain.ids[index + 1]]));
  const critical = new Set(chain.ids.map(releaseOf));
  const nodes = releases.map((release): GraphRelease => {
    const { name, namespace, chart } = release;
    const check = checks.get(`release/${name}`);
    const times = { chartMs: measured(`chart/${name}`), crdsMs: measured(`crds/${name}`) };
    const durationMs = measured(`release/${name}`);
    return {
      name,
      namespace,
      chart: redactText(describeChart(chart)),
      ...(check?.status === 'omitted' && { omitted: check.reason }),
      level: levels.get(`release/${name}`) ?? 1,
      ...(times.chartMs !== undefined && { chartMs: times.chartMs }),
      ...(times.crdsMs !== undefined && { crdsMs: times.crdsMs }),
      ...(durationMs !== undefined && { durationMs }),
      gates: gatesOf(name, own, measured),
      critical: critical.has(name),
    };
  });
  const drawn = edges.filter(({ from, to }) => names.has(from) && names.has(to));
  const isCritical = ({ from, to, facet }: Edge) => {
    const after = next.get(`gate/${to}/${facet}`);
    return after !== undefined && releaseOf(after) === from;
  };
  const unmeasured = nodes.filter((node) => node.omitted === undefined && node.durationMs === undefined);
  return {
    environment,
    provider,
    ...(simulation !== undefined && { simulation }),
    releases: nodes.sort((a, b) => a.level - b.level),
    edges: drawn.map((edge) => ({ ...edge, critical: isCritical(edge) })),
    ...(chain.ids.length > 0 && {
      criticalPath: {
        durationMs: chain.durationMs,
        steps: chain.ids.flatMap((id) => {
          const durationMs = measured(id);
          return durationMs === undefined ? [] : [{ id, durationMs }];
        }),
        unmeasured: unmeasured.map(({ name }) => name),
      },
    }),
  };
}

/** `traefik` of `gate/traefik/ready`; `undefined` for a step that is not about one release. */
function releaseOf(id: string): string | undefined {
  return /^(?:chart|crds|release|gate)\/([^/]+)/.exec(id)?.[1];
}

function gatesOf(
  release: string,
  steps: readonly { readonly id: string }[],
  measured: (id: string) => number | undefined,
): GraphGate[] {
  const prefix = `gate/${release}/`;
  return steps
    .filter(({ id }) => id.startsWith(prefix))
    .map(({ id }) => {
      const durationMs = measured(id);
      return { facet: id.slice(prefix.length) as FacetName, ...(durationMs !== undefined && { durationMs }) };
    });
}

/**
 * By step id, one more than the number of releases that have to be installed before, one after the other. By the steps,
 * not by the edges: two releases may well wait for each other, one for CRDs that come before both.
 */
export function installLevels(
  steps: readonly { readonly id: string; readonly needs: readonly string[] }[],
): ReadonlyMap<string, number> {
  const levels = new Map<string, number>();
  for (const { id, needs } of steps) {
    const before = needs.map((need) => (levels.get(need) ?? 1) + (need.startsWith('release/') ? 1 : 0));
    levels.set(id, Math.max(1, ...before));
  }
  return levels;
}
