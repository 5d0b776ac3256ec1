import { formatDuration, type Clock } from '../../clock.js';
import type { ClusterProvider } from '../../clusters/cluster.js';
import type { FacetName, Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { lastWords } from '../../kubernetes/diagnosis/last-words.js';
import { emptyBundle } from '../../kubernetes/ca-bundle.js';
import { describeObstacle, type Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import type { Step, StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { sayAwaited } from './awaited.js';
import { probeOf } from './facet-probes.js';
import { nudgeInjection } from './nudge-injection.js';
import { foremost, watchObstacles } from './obstacle-watch.js';
import { releaseObstacles } from './release-obstacles.js';
import { retryPulls } from './retry-pulls.js';

/** How long a facet may take, in milliseconds: image pulls of a first `up` on a slow line are the longest part. */
const budgetMs = 10 * 60_000;
const probeIntervalMs = 250;
const obstacleIntervalMs = 2_000;
/** cert-manager gives an authority to a webhook within a second or two, once its own pods are ready. */
const injectionMs = 15_000;

export interface GateOptions {
  readonly view: ClusterView;
  readonly provider: Pick<ClusterProvider, 'simulation'>;
  readonly clock: Clock;
  /** Called before a write to the cluster; without it a gate only looks. */
  readonly ensureOwned?: (signal: AbortSignal) => Promise<void>;
}

/** The step id of a facet: `gate/cert-manager/webhook`. */
export function gateId(release: string, facet: FacetName): string {
  return `gate/${release}/${facet}`;
}

/** The step that only waits for, and proves, one facet of a release. */
export function gateStep(release: Release, facet: FacetName, needs: readonly string[], options: GateOptions): Step {
  const { view, provider, ensureOwned } = options;
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
      const probe = await probeOf(facet)(view, release);
      return probe.met ? { status: 'satisfied', detail: probe.detail } : { status: 'needed', reason: probe.waitingFor };
    },
    async apply(context) {
      if (facet === 'ready' && ensureOwned) await retryPulls(release, view, ensureOwned, context);
      return waitFor(release, facet, options, context);
    },
  };
}

async function waitFor(
  release: Release,
  facet: FacetName,
  { view, clock, ensureOwned }: GateOptions,
  context: StepContext,
): Promise<string> {
  let waitingFor: string | undefined;
  let injectedAt = clock.now();
  let lasting: readonly Obstacle[] = [];
  let lookedAt = clock.now();
  const watch = watchObstacles(clock);
  const say = sayAwaited(context, clock);
  const ask = async () => {
    const probe = await probeOf(facet)(view, release, probeIntervalMs);
    if (probe.met) return probe.detail;
    waitingFor = probe.waitingFor;
    if (clock.now() - lookedAt >= obstacleIntervalMs) {
      lookedAt = clock.now();
      lasting = watch.note(await releaseObstacles(release, view, context.signal));
    }
    if (lasting.length > 0) throw new LastingObstacle();
    if (!waitingFor.includes(emptyBundle)) injectedAt = clock.now();
    if (ensureOwned && clock.now() - injectedAt >= injectionMs) {
      injectedAt = clock.now();
      await nudgeInjection(release, view, ensureOwned, context.signal);
    }
    say(waitingFor, foremost(watch.obstacles));
    return undefined;
  };
  try {
    return await poll(context.signal, clock, probeIntervalMs, ask);
  } catch (error) {
    const isLate = context.signal.reason instanceof PlatformError;
    if (waitingFor === undefined || !(isLate || error instanceof LastingObstacle)) throw error;
    const obstacles = isLate
      ? watch.obstacles
      : [...lasting, ...watch.obstacles.filter((one) => !lasting.includes(one))];
    throw await notMet({ release, facet, waitingFor, obstacles, code: isLate ? 'timeout' : 'tool' }, view);
  }
}

class LastingObstacle extends Error {}

interface Unmet {
  readonly release: Release;
  readonly facet: FacetName;
  readonly waitingFor: string;
  readonly obstacles: readonly Obstacle[];
  readonly code: 'timeout' | 'tool';
}

async function notMet(unmet: Unmet, view: ClusterView): Promise<PlatformError> {
  const { release, facet, waitingFor, obstacles, code } = unmet;
  const client = await view.connection();
  const [first] = obstacles.filter(({ fatal }) => fatal);
  const because = code === 'tool' && first ? `, because of ${first.object}: ${first.reason}` : '';
  const after = code === 'timeout' ? ` within ${formatDuration(budgetMs)}` : '';
  const suggestions = obstacles.flatMap(({ suggestion }) => suggestion ?? []);
  const containers = obstacles.flatMap(({ container }) => container ?? []);
  const words = client ? await lastWords(client, containers) : [];
  return new PlatformError(code, `${release.name} did not become ${facet}${after}: ${waitingFor}${because}`, {
    output: [...obstacles.map(describeObstacle), ...words].join('\n') || waitingFor,
    suggestions: [...new Set(suggestions), `see \`platform logs ${release.name}\``],
    facts: { release: release.name, facet, obstacles },
  });
}
