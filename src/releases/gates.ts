import { formatDuration, type Clock } from '../clock.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Facet, Release } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { describeObstacle, findObstacles, type Obstacle } from '../kubernetes/diagnosis.js';
import type { Workload } from '../kubernetes/workloads.js';
import type { Step, StepContext } from '../plan/step.js';
import { poll } from '../poll.js';
import { facetProbes, type Probe } from './facet-probes.js';

/** How long a facet may take, in milliseconds: image pulls of a first `up` on a slow line are the longest part. */
const budgetMs = 10 * 60_000;
const probeIntervalMs = 250;
const obstacleIntervalMs = 2_000;
/** An obstacle has to last this long before it counts: a scheduler and a cluster that is coming up change their mind. */
const obstacleMs = 10_000;

export interface GateOptions {
  readonly view: ClusterView;
  readonly provider: Pick<ClusterProvider, 'simulation'>;
  readonly clock: Clock;
}

/** The step id of a facet: `gate/cert-manager/webhook`. */
export function gateId(release: string, facet: Facet): string {
  return `gate/${release}/${facet}`;
}

/** The step that only waits for, and proves, one facet of a release. */
export function gateStep(release: Release, facet: Facet, needs: readonly string[], options: GateOptions): Step {
  const { view, provider, clock } = options;
  return {
    id: gateId(release.name, facet),
    title: `${release.name} ${facet}`,
    needs,
    lane: 'wait',
    budgetMs,
    estimateMs: 3_000,
    async check() {
      if (facet === 'webhook' && provider.simulation) return { status: 'omitted', reason: 'simulated, not observed' };
      if (!(await view.connection())) return { status: 'needed', reason: 'there is no cluster yet' };
      const probe = await facetProbes[facet](view, release);
      return probe.met ? { status: 'satisfied', detail: probe.detail } : { status: 'needed', reason: probe.waitingFor };
    },
    apply: (context) => waitFor(release, facet, { view, clock }, context),
  };
}

async function waitFor(
  release: Release,
  facet: Facet,
  { view, clock }: Pick<GateOptions, 'view' | 'clock'>,
  context: StepContext,
): Promise<string> {
  let last: Probe | undefined;
  const watch = new ObstacleWatch(view, clock);
  try {
    return await poll(context.signal, clock, probeIntervalMs, async () => {
      last = await facetProbes[facet](view, release, probeIntervalMs);
      if (last.met) return last.detail;
      context.progress({ message: last.waitingFor });
      await watch.look(last.workloads ?? [], context.signal);
      return undefined;
    });
  } catch (error) {
    if (context.signal.reason instanceof PlatformError && last && !last.met) {
      throw notMet(release, facet, last.waitingFor, watch.obstacles, 'timeout');
    }
    if (error instanceof LastingObstacle && last && !last.met) {
      throw notMet(release, facet, last.waitingFor, watch.obstacles, 'tool');
    }
    throw error;
  }
}

class LastingObstacle extends Error {}

/** Looks at what stands in the way now and then, and ends the wait when waiting cannot help. */
class ObstacleWatch {
  obstacles: readonly Obstacle[] = [];
  private readonly since = new Map<string, number>();
  private lookedAt: number;

  constructor(
    private readonly view: ClusterView,
    private readonly clock: Clock,
  ) {
    this.lookedAt = clock.now();
  }

  async look(workloads: readonly Workload[], signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    if (now - this.lookedAt < obstacleIntervalMs || workloads.length === 0) return;
    this.lookedAt = now;
    const client = await this.view.connection();
    if (!client) return;
    const found = await Promise.all(workloads.map((workload) => findObstacles(client, workload, signal)));
    this.obstacles = found.flat();
    const fatal = this.obstacles.filter((obstacle) => obstacle.fatal);
    for (const { object, reason } of fatal) {
      const key = `${object} ${reason}`;
      if (!this.since.has(key)) this.since.set(key, now);
    }
    const keys = new Set(fatal.map(({ object, reason }) => `${object} ${reason}`));
    for (const key of this.since.keys()) if (!keys.has(key)) this.since.delete(key);
    if ([...this.since.values()].some((since) => now - since >= obstacleMs)) throw new LastingObstacle();
  }
}

function notMet(
  release: Release,
  facet: Facet,
  waitingFor: string,
  obstacles: readonly Obstacle[],
  code: 'timeout' | 'tool',
): PlatformError {
  const suggestions = new Set(obstacles.flatMap(({ suggestion }) => suggestion ?? []));
  const after = code === 'timeout' ? ` within ${formatDuration(budgetMs)}` : '';
  return new PlatformError(code, `${release.name} did not become ${facet}${after}: ${waitingFor}`, {
    output: obstacles.map(describeObstacle).join('\n') || waitingFor,
    suggestions: [...suggestions, `see \`platform logs ${release.name}\``],
    facts: { release: release.name, facet, obstacles },
  });
}
