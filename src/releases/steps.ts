import type { Clock } from '../clock.js';
import { exceptionOf, type ClusterProvider } from '../clusters/cluster.js';
import type { Environment, Facet, Release } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { labels } from '../kubernetes/objects.js';
import type { Check, Step, StepContext } from '../plan/step.js';
import { changeOf } from './change.js';
import { describeChart, type Chart, type Charts } from './charts.js';
import { facetsOf } from './facets.js';
import { gateId, gateStep } from './gates.js';
import type { Helm } from './helm.js';
import { inputHash } from './input-hash.js';
import { isOwnNamespace, namespaceId, namespaceSteps } from './namespaces.js';
import { observeReleases, releaseKey, type ObservedRelease } from './observed.js';
import { recoverPending } from './recovery.js';
import type { LeftOut } from './selection.js';
import { removeStandInDefinitions } from './stand-in-definitions.js';
import { mergeValues } from './values.js';

/** How long one `helm upgrade --install` may take, in milliseconds: twice the time that its hooks are given. */
const helmBudgetMs = 10 * 60_000;
const chartBudgetMs = 5 * 60_000;

export interface ReleaseStepOptions {
  readonly environment: Environment;
  readonly provider: ClusterProvider;
  readonly view: ClusterView;
  readonly charts: Charts;
  readonly helm: Helm;
  readonly clock: Clock;
  readonly run: string;
  readonly leftOut: LeftOut;
  /** Ids of the steps that must be through before anything is put into the cluster. */
  readonly needs: readonly string[];
  /** Called before each Helm write: throws when this run no longer owns the environment. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

/** Namespaces, charts, releases and gates of an environment. */
export function releaseSteps(options: ReleaseStepOptions): Step[] {
  const { environment, provider, view, clock, needs } = options;
  const tenants = environment.releases.filter(({ catalogue }) => !exceptionOf(catalogue, provider.name));
  const installed = tenants.filter((release) => omission(release, options) === undefined);
  return [
    ...namespaceSteps({ environment: environment.name, tenants, installed, view, clock, needs }),
    ...environment.releases.flatMap((release) => [
      chartStep(release, options),
      releaseStep(release, options),
      ...facetsOf(release).map((facet) => facetGate(release, facet, options)),
    ]),
  ];
}

/** Why a release of the environment is not installed in this run by Helm; `undefined` when it is. */
function omission(release: Release, { provider, leftOut }: ReleaseStepOptions): string | undefined {
  const exception = exceptionOf(release.catalogue, provider.name);
  if (exception?.run === 'host') return `host-run: ${exception.reason}`;
  return exception?.reason ?? leftOut(release.name);
}

function chartStep(release: Release, options: ReleaseStepOptions): Step {
  const { charts } = options;
  const omitted = omission(release, options);
  return {
    id: chartId(release),
    title: `chart of ${release.name}`,
    needs: isRemote(release) ? ['tool/helm'] : [],
    lane: 'chart',
    budgetMs: chartBudgetMs,
    estimateMs: 2_000,
    onDemand: true,
    async check() {
      if (omitted) return { status: 'omitted', reason: omitted };
      const chart = await charts.find(release);
      return chart ? { status: 'satisfied', detail: kindOf(chart) } : { status: 'needed', reason: 'not here yet' };
    },
    async apply(context) {
      return `${describeChart(release.chart)}, ${kindOf(await charts.fetch(release, context))}`;
    },
  };
}

function releaseStep(release: Release, options: ReleaseStepOptions): Step {
  const { provider, view, charts } = options;
  const omitted = omission(release, options);
  const values = mergeValues(release.values);
  const inputOf = (chart: Chart) =>
    inputHash({
      name: release.name,
      namespace: release.namespace,
      chartDigest: chart.digest,
      values,
      standIn: chart.standIn,
    });
  return {
    id: releaseId(release.name),
    title: release.name,
    needs: [
      ...options.needs,
      'tool/helm',
      chartId(release),
      ...(isOwnNamespace(release.namespace) && omitted === undefined ? [namespaceId(release.namespace)] : []),
      ...release.needs.map((need) => gateId(need.release, need.facet)),
    ],
    lane: 'helm',
    budgetMs: helmBudgetMs,
    estimateMs: 1_500,
    async check(): Promise<Check> {
      if (omitted) return { status: 'omitted', reason: omitted };
      if (!(await view.connection())) return { status: 'needed', reason: 'new' };
      const observed = (await observeReleases(view)).get(releaseKey(release));
      const chart = await charts.find(release);
      if (!chart) return { status: 'needed', reason: observed ? 'its chart is not here to compare' : 'new' };
      if (observed && !observed.standIn && chart.standIn) return realChartIsGone(release.name);
      const change = changeOf(observed, { input: inputOf(chart), standIn: chart.standIn });
      if (change.status === 'changed') return { status: 'needed', reason: change.reason };
      if (await hasLostWorkloads(release, view)) return { status: 'needed', reason: 'its workloads are gone' };
      return {
        status: 'satisfied',
        detail: chart.standIn ? 'stand-in' : `revision ${String(observed?.revision ?? 0)}`,
      };
    },
    async apply(context) {
      const chart = (await charts.find(release)) ?? (await charts.fetch(release, context));
      const observed = await prepare(release, chart, options, context);
      const revision = (observed?.revision ?? 0) + 1;
      context.progress({ message: `helm upgrade --install, revision ${String(revision)}` });
      await options.ensureOwned(context.signal);
      try {
        await options.helm.install(
          {
            name: release.name,
            namespace: release.namespace,
            chart: chart.path,
            values,
            labels: {
              [labels.environment]: options.environment.name,
              [labels.run]: options.run,
              [labels.input]: inputOf(chart),
              [labels.revision]: String(revision),
              [labels.standIn]: chart.standIn ? 'true' : null,
            },
          },
          context,
        );
      } finally {
        view.forget();
      }
      return `revision ${String(revision)}${chart.standIn ? `, stand-in on ${provider.name}` : ''}`;
    },
  };
}

// Helm does not look whether what it once installed is still there.
async function hasLostWorkloads(release: Release, view: ClusterView): Promise<boolean> {
  if (!release.catalogue || !facetsOf(release).includes('ready')) return false;
  const workloads = await view.workloads();
  return !workloads.some((workload) => workload.release === releaseKey(release));
}

function realChartIsGone(name: string): Check {
  return {
    status: 'blocked',
    by: `the chart that ${name} was installed from cannot be had now, and a stand-in must not take the place of a real one`,
    fix: ['run the command again when its host can be reached', `or leave it out for now: --skip ${name}`],
    code: 'prerequisite',
  };
}

/** Brings what is there into a state Helm can build on; answers the newest revision that is left. */
async function prepare(
  release: Release,
  chart: Chart,
  { view, helm, clock, ensureOwned }: ReleaseStepOptions,
  context: StepContext,
): Promise<ObservedRelease | undefined> {
  const client = await view.connection();
  if (!client) throw new PlatformError('conflict', 'the cluster is gone');
  const observed = (await observeReleases(view, 0)).get(releaseKey(release));
  if (!observed) return undefined;
  if (observed.status.startsWith('pending-')) {
    context.progress({ message: `recovering revision ${String(observed.revision)}, left ${observed.status}` });
    await ensureOwned(context.signal);
    await recoverPending(client, observed, context.signal);
  }
  const replaced = observed.standIn && !chart.standIn;
  if (observed.status !== 'uninstalling' && !replaced) return observed;
  context.progress({ message: replaced ? 'uninstalling the stand-in' : 'finishing an uninstall that was cut short' });
  await ensureOwned(context.signal);
  await helm.uninstall(release, context);
  if (replaced) await removeStandInDefinitions(client, release.name, clock, context);
  return undefined;
}

function facetGate(release: Release, facet: Facet, options: ReleaseStepOptions): Step {
  const exception = exceptionOf(release.catalogue, options.provider.name);
  const gate = gateStep(release, facet, [...options.needs, releaseId(release.name)], options);
  // What the host runs in a release's place offers its API, but has no workloads in the cluster.
  const omitted =
    exception?.run === 'host' && facet === 'api' ? undefined : (exception?.reason ?? options.leftOut(release.name));
  return omitted ? { ...gate, check: () => Promise.resolve({ status: 'omitted', reason: omitted }) } : gate;
}

export function releaseId(release: string): string {
  return `release/${release}`;
}

function chartId(release: Release): string {
  return `chart/${release.name}`;
}

function isRemote({ chart }: Release): boolean {
  return chart.from === 'repository' || chart.from === 'oci';
}

function kindOf(chart: Chart): string {
  return chart.standIn ? 'stand-in' : chart.digest.slice(0, 'sha256:'.length + 12);
}
