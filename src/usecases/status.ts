import { heldReleases, type HeldReleases } from '../chaos/intent/held-releases.js';
import { intentsIn } from '../chaos/intent/intents.js';
import { openDrills, type OpenDrill } from '../chaos/intent/open-drills.js';
import type { ClusterNode, ClusterState } from '../clusters/cluster.js';
import type { Environment, FacetName } from '../environment/environment.js';
import { withFlag } from '../environment/parts.js';
import { alertsNow, type AlertsNow } from '../monitoring/alerts-now.js';
import { monitoringRelease } from '../monitoring/monitoring.js';
import { isAlive, readOwner, type Owner } from '../ownership/lock-file.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import type { Check } from '../plan/step.js';
import type { Ports } from '../ports.js';
import { unwantedReleases } from '../releases/uninstall/prune.js';
import { writtenEdges } from '../releases/graph/edges.js';
import { orHeld } from '../releases/graph/selection.js';
import { observeReleases, releaseKey, type ObservedRelease } from '../releases/helm/observed.js';
import { releaseId } from '../releases/release-step.js';
import { withContents } from '../releases/contents/rendered.js';
import { releaseSteps } from '../releases/steps.js';
import type { Assembly } from './assemble.js';
import type { FoundEnvironment } from './find-environment.js';
import { imageParts } from './images-parts.js';
import { monitoringOf } from './monitoring.js';
import { open } from './open.js';
import { settling, withImages } from './settling.js';
import { servedUrls, type ServedUrl } from './urls.js';

export interface ReleaseStatus {
  readonly name: string;
  readonly namespace: string;
  /** Absent when it is not installed. */
  readonly revision?: number;
  readonly helm?: string;
  readonly health: 'ready' | 'waiting' | 'absent' | 'omitted';
  /** What it waits for, or why it is omitted. */
  readonly detail?: string;
  /** Why the next `up` would act on it. */
  readonly change?: string;
  readonly standIn: boolean;
}

export interface GateStatus {
  readonly release: string;
  readonly facet: FacetName;
  readonly check: Check;
}

export interface StatusResult {
  readonly environment: string;
  readonly provider: string;
  readonly simulation?: string;
  readonly cluster: ClusterState;
  readonly file?: string;
  readonly nodes: readonly ClusterNode[];
  readonly releases: readonly ReleaseStatus[];
  readonly gates: readonly GateStatus[];
  /** Installed by this environment, no longer in its file. */
  readonly unwanted: readonly string[];
  readonly urls: readonly ServedUrl[];
  /** Drills that go on, were killed, or were taken back by the reaper. */
  readonly drills: readonly OpenDrill[];
  /** What fires now; absent where nothing watches. */
  readonly alerts?: AlertsNow;
  /** Who is changing it now. */
  readonly owner?: Owner;
  /** Why the file could not be compared with what there is. */
  readonly fileProblem?: string;
  readonly healthy: boolean;
  /** What to do next, as commands. */
  readonly next: readonly string[];
}

/** How long Alertmanager may take, in milliseconds: people wait for all of this less than a second. */
const alertsWithinMs = 700;

/** How an environment is, by asking its cluster; a file or a blueprint only says what was wanted. */
export async function status(found: FoundEnvironment, ports: Ports): Promise<StatusResult> {
  const { name, record } = found;
  const { environment: wanted, assembly, problem } = await open(found, ports);
  const environment = problem === undefined ? wanted : undefined;
  const { provider, view, stateFolder } = assembly;
  const [cluster, owner] = await Promise.all([provider.inspect(), readOwner(stateFolder)]);
  const running = cluster.status === 'running';
  const [urls, observed, intents] = running
    ? await Promise.all([servedUrls(assembly), observeReleases(view), intentsIn(view)])
    : [[], new Map<string, ObservedRelease>(), []];
  const drills = openDrills(intents);
  const held = await heldReleases(intents, () => view.workloads());
  const isWatched = [...observed.values()].some((release) => release.name === monitoringRelease);
  // Without an answer from the cluster nothing is known of what is in it.
  const [checks, alerts] = await Promise.all([
    environment && running ? checksOf(environment, assembly, held, ports) : new Map<string, Check>(),
    isWatched ? alertsOf(assembly, ports) : undefined,
  ]);
  const releases =
    environment && running
      ? environment.releases.map((release) =>
          releaseStatus(release.name, release.namespace, observed.get(releaseKey(release)), checks),
        )
      : [...observed.values()].map((release) => releaseStatus(release.name, release.namespace, release, checks));
  const unwanted = environment && running ? await unwantedReleases(environment, view) : [];
  const healthy =
    running &&
    drills.every(({ restoration }) => restoration) &&
    releases.every(({ health }) => health === 'ready' || health === 'omitted');
  const result = {
    environment: name,
    provider: provider.name,
    ...(provider.simulation && { simulation: provider.simulation }),
    cluster,
    ...(record?.file !== undefined && { file: record.file }),
    nodes: cluster.status === 'running' ? cluster.nodes : [],
    releases,
    gates: gatesOf(checks),
    unwanted: unwanted.map((release) => release.name),
    urls,
    drills,
    ...(alerts && { alerts }),
    ...(owner && isAlive(owner) && { owner }),
    ...(problem !== undefined && { fileProblem: problem }),
    healthy,
  };
  return { ...result, next: nextSteps(result, `--local${withFlag(wanted)}`) };
}

async function alertsOf(assembly: Assembly, { clock, interruption }: Ports): Promise<AlertsNow | undefined> {
  const monitoring = await monitoringOf(assembly, { answerWithinMs: alertsWithinMs });
  return monitoring && alertsNow(monitoring.alertmanager, clock, interruption.draining);
}

async function checksOf(
  environment: Environment,
  { provider, view, charts, renderings, helm, engine }: Assembly,
  held: HeldReleases,
  ports: Ports,
): Promise<ReadonlyMap<string, Check>> {
  const { clock, variables, interruption } = ports;
  const context = { signal: interruption.draining, progress: () => undefined };
  const images = provider.machines ? await imageParts(environment, ports, engine) : undefined;
  const settle = settling(environment, provider, images);
  const named = await withImages(environment, images);
  const releases = await withContents(named, { charts, renderings, canRender: false }, context);
  const steps = releaseSteps({
    environment: { ...environment, releases },
    edges: writtenEdges(releases),
    provider,
    view,
    charts,
    renderings,
    helm,
    clock,
    variables,
    run: 'status',
    leftOut: orHeld(() => undefined, held, environment),
    repair: false,
    needs: [],
    ensureOwned: () => Promise.resolve(),
    isOver: () => Promise.resolve(false),
    ...(settle && { settle }),
  });
  // Only releases are looked at here.
  const ids = new Set(steps.map(({ id }) => id));
  const alone = steps.map((step) => ({ ...step, needs: step.needs.filter((need) => ids.has(need)) }));
  return (await checkPlan(buildPlan(alone), interruption.draining)).checks;
}

function releaseStatus(
  name: string,
  namespace: string,
  observed: ObservedRelease | undefined,
  checks: ReadonlyMap<string, Check>,
): ReleaseStatus {
  const check = checks.get(releaseId(name));
  const ready = checks.get(`gate/${name}/ready`);
  const installed = observed && { revision: observed.revision, helm: observed.status };
  const common = { name, namespace, ...installed, standIn: observed?.standIn ?? false };
  if (check?.status === 'omitted') return { ...common, health: 'omitted', detail: check.reason };
  const change = check?.status === 'needed' ? { change: check.reason } : {};
  if (!observed) return { ...common, health: 'absent', ...change };
  if (observed.status !== 'deployed') return { ...common, health: 'waiting', detail: observed.status, ...change };
  if (ready?.status === 'needed') return { ...common, health: 'waiting', detail: ready.reason, ...change };
  if (ready?.status === 'blocked') return { ...common, health: 'waiting', detail: ready.by, ...change };
  return { ...common, health: 'ready', ...change };
}

function gatesOf(checks: ReadonlyMap<string, Check>): GateStatus[] {
  return [...checks].flatMap(([id, check]) => {
    const [, release, facet] = /^gate\/([^/]+)\/(.+)$/.exec(id) ?? [];
    return release && facet ? [{ release, facet: facet as FacetName, check }] : [];
  });
}

function nextSteps(result: Omit<StatusResult, 'next'>, flags: string): string[] {
  const { cluster, owner, releases, drills, environment, fileProblem } = result;
  if (owner) return [`wait: ${owner.command} of ${owner.user}@${owner.host} (pid ${String(owner.pid)}) is at work`];
  if (fileProblem !== undefined) return ['correct the environment file: `platform plan --local` lists its problems'];
  switch (cluster.status) {
    case 'absent':
    case 'incomplete':
      return [
        `\`platform up ${flags}\` builds it`,
        `\`platform destroy --confirm ${environment}\` removes what is left of it`,
      ];
    case 'stopped':
      return ['`platform start` starts it with its data'];
    case 'unreachable':
      return cluster.fix.map((fix) => fix);
    case 'running': {
      const open = drills.find(({ restoration }) => !restoration);
      if (open?.restoreCommand !== undefined) return [`\`${open.restoreCommand}\` takes the open drill back`];
      if (releases.some(({ change, health }) => change !== undefined || health === 'absent' || health === 'waiting')) {
        return [`\`platform plan ${flags}\` shows what would change, \`platform up ${flags}\` does it`];
      }
      return result.unwanted.length > 0 ? [`\`platform up ${flags} --prune\` uninstalls what is no longer wanted`] : [];
    }
  }
}
