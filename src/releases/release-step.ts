import type { Release, Values } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { isOwnNamespace, namespaceId } from '../namespaces/namespace-steps.js';
import type { Check, Step } from '../plan/step.js';
import { changeOf } from './change.js';
import { describeInputChange } from './values/changed-values.js';
import { chartId, fetchRendered } from './charts/chart-step.js';
import type { Chart } from './charts/charts.js';
import type { Contents } from './contents/contents.js';
import { definitionsId, hasDefinitionsStep } from './definitions/definitions-step.js';
import { describeDrift, driftOf } from './drift/drift.js';
import { facetsOf } from './gates/facets.js';
import { gateId } from './gates/gates.js';
import { readHelmRecord } from './helm/helm-record.js';
import { inputHash } from './input-hash.js';
import { installRelease } from './install.js';
import { observeReleases, releaseKey, type ObservedRelease } from './helm/observed.js';
import { asItIs, imageId } from './settle.js';
import type { ReleaseStepOptions } from './step-options.js';
import { secretIds } from '../secrets/secret-steps.js';
import { mergeValues } from './values/values.js';

/** How long one `helm upgrade --install` may take, in milliseconds: twice the time that its hooks are given. */
const budgetMs = 10 * 60_000;

export function releaseId(release: string): string {
  return `release/${release}`;
}

/** Installs or upgrades one release by Helm, if what it is made from differs from what is there. */
export function releaseStep(release: Release, omitted: string | undefined, options: ReleaseStepOptions): Step {
  const { provider, view, charts, settle = asItIs } = options;
  const inputOf = (chart: Chart, values: Values) =>
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
      ...(options.podNeeds?.(release.name) ?? []),
      ...(release.image !== undefined && options.settle && omitted === undefined ? [imageId(release.image)] : []),
      'tool/helm',
      chartId(release),
      ...(hasDefinitionsStep(release) ? [definitionsId(release.name)] : []),
      ...(isOwnNamespace(release.namespace) && omitted === undefined ? [namespaceId(release.namespace)] : []),
      ...(omitted === undefined ? secretIds(release.namespace, options.environment) : []),
      ...options.edges.filter(({ from }) => from === release.name).map(({ to, facet }) => gateId(to, facet)),
    ],
    lane: 'helm',
    budgetMs,
    estimateMs: 1_500,
    async check({ signal }): Promise<Check> {
      if (omitted !== undefined) return { status: 'omitted', reason: omitted };
      if (release.fault) return refusedValues(release.fault);
      if (!(await view.connection())) return { status: 'needed', reason: 'new' };
      const observed = (await observeReleases(view)).get(releaseKey(release));
      if (observed && observed.environment !== options.environment.name) {
        return ownedByOthers(observed, options.environment.name, view);
      }
      const chart = await charts.find(release);
      if (!chart) return { status: 'needed', reason: observed ? 'its chart is not here to compare' : 'new' };
      if (observed && !observed.standIn && chart.standIn) return realChartIsGone(release.name);
      const settled = await settle(release, signal);
      if ('unsettled' in settled) return { status: 'needed', reason: observed ? settled.unsettled : 'new' };
      const values = mergeValues(settled.values);
      const change = changeOf(observed, { input: inputOf(chart, values), standIn: chart.standIn });
      if (change.status === 'changed') {
        const isInput = change.why === 'input' && observed !== undefined;
        return {
          status: 'needed',
          reason: isInput ? await inputChange(release, observed, view, values) : change.reason,
        };
      }
      if (await hasLostWorkloads(release, view)) return { status: 'needed', reason: 'its workloads are gone' };
      const drift = options.repair && observed ? await driftOf(view, observed, signal) : [];
      if (drift.length > 0) return { status: 'needed', reason: describeDrift(drift) };
      return {
        status: 'satisfied',
        detail: chart.standIn ? 'stand-in' : `revision ${String(observed?.revision ?? 0)}`,
      };
    },
    async apply(context) {
      const { chart, contents } = await fetchRendered(release, options, context);
      if (!release.contents && contents) await refuseUnserved(release, contents, view);
      const settled = await settle(release, context.signal);
      if ('unsettled' in settled) throw new PlatformError('unexpected', `${release.name}: ${settled.unsettled}`);
      const values = mergeValues(settled.values);
      const installation = { chart, values, input: inputOf(chart, values) };
      const revision = await installRelease(release, installation, options, context);
      return `revision ${String(revision)}${chart.standIn ? `, stand-in on ${provider.name}` : ''}`;
    },
  };
}

async function inputChange(
  { chart }: Release,
  observed: ObservedRelease,
  view: ClusterView,
  values: Values,
): Promise<string> {
  const client = await view.connection();
  const record = client && (await readHelmRecord(client, observed).catch(() => undefined));
  if (!record) return 'its chart or values changed';
  return describeInputChange(record, { values, ...('version' in chart && { chartVersion: chart.version }) });
}

// A chart that was rendered only in this run may need what nobody knew of when the plan was made.
async function refuseUnserved({ name }: Release, { uses, definitions }: Contents, view: ClusterView): Promise<void> {
  if (uses.length === 0) return;
  const served = new Set((await view.discovery(0)).map(({ group, kind }) => `${group}/${kind}`));
  const own = new Set(definitions.map(({ group, kind }) => `${group}/${kind}`));
  const missing = uses.find(({ group, kind }) => !served.has(`${group}/${kind}`) && !own.has(`${group}/${kind}`));
  if (!missing) return;
  const { object, group, version } = missing;
  throw new PlatformError(
    'conflict',
    `${name} creates ${object} of ${group}/${version}, which the cluster does not serve`,
    {
      suggestions: [`run the command again: now that its chart is known, ${name} waits for what it needs`],
    },
  );
}

// Helm does not look whether what it once installed is still there.
async function hasLostWorkloads(release: Release, view: ClusterView): Promise<boolean> {
  if (!facetsOf(release).includes('ready') || (!release.catalogue && !release.contents)) return false;
  const workloads = await view.workloads();
  return !workloads.some((workload) => workload.release === releaseKey(release));
}

/** What has the name already stays as it is: an upgrade would replace somebody's release by ours. */
async function ownedByOthers(observed: ObservedRelease, environment: string, view: ClusterView): Promise<Check> {
  const { name, namespace, revision, status, createdAt } = observed;
  const client = await view.connection();
  const metadata = client && (await readHelmRecord(client, observed).catch(() => undefined))?.chart?.metadata;
  const chart = metadata ? `chart ${metadata.name ?? ''} ${metadata.version ?? ''}, ` : '';
  const owner = observed.environment === undefined ? 'not by platform' : `by the environment ${observed.environment}`;
  return {
    status: 'blocked',
    by: `there is a Helm release ${name} in ${namespace} already, installed ${owner} (${chart}revision ${String(revision)}, ${status}, ${createdAt ?? ''})`,
    fix: [
      `give the release of ${environment} another name or namespace`,
      `or remove the other one: helm uninstall ${name} --namespace ${namespace}`,
    ],
    code: 'conflict',
  };
}

function refusedValues({ message, output = '', suggestions, code }: PlatformError): Check {
  const details = output.split('\n').filter((line) => line.startsWith('- at '));
  return { status: 'blocked', by: [message, ...details].join('\n  '), fix: suggestions, code };
}

function realChartIsGone(name: string): Check {
  return {
    status: 'blocked',
    by: `the chart that ${name} was installed from cannot be had now, and a stand-in must not take the place of a real one`,
    fix: ['run the command again when its host can be reached', `or leave it out for now: --skip ${name}`],
    code: 'prerequisite',
  };
}
