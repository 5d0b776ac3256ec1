import { isDeepStrictEqual } from 'node:util';
import { heldReleases, neededByDrills } from '../chaos/intent/held-releases.js';
import { intentsIn } from '../chaos/intent/intents.js';
import { openDrills, type OpenDrill } from '../chaos/intent/open-drills.js';
import { drillRecordSteps } from '../chaos/intent/record-steps.js';
import { hostReaperSteps } from '../chaos/reaper/host-step.js';
import { clusterSteps, previousClusterId } from '../clusters/steps.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import { createProvider, previousProviders } from '../clusters/provider.js';
import type { Environment } from '../environment/environment.js';
import { readRecord, writeRecord, type EnvironmentRecord } from '../environment/record.js';
import { PlatformError } from '../errors.js';
import { nameWarnings } from '../local/names/checks.js';
import { hostsOf } from '../local/names/served-names.js';
import { monitoringTools } from '../monitoring/host/programs.js';
import { hostMonitoringSteps } from '../monitoring/host/step.js';
import type { RunSummary } from '../plan/events.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { failureOfRun } from '../plan/run-summary.js';
import type { Check, Step } from '../plan/step.js';
import type { Ports } from '../ports.js';
import type { Edge } from '../releases/contents/contents.js';
import { enforcedDigests } from '../releases/lock/lock-coverage.js';
import { readLockFor } from '../releases/lock/lock-file.js';
import { pruneSteps, unwantedReleases } from '../releases/uninstall/prune.js';
import { recordStep } from '../releases/record-step.js';
import { leftOutBy, orHeld, type Selection } from '../releases/graph/selection.js';
import { releaseKey } from '../releases/helm/observed.js';
import { releaseId } from '../releases/release-step.js';
import { releaseSteps } from '../releases/steps.js';
import { toolSteps } from '../toolchain/steps.js';
import { assemble, type AssembleOptions, type Assembly } from './assemble.js';
import { imageParts } from './images-parts.js';
import { networkIds, podNeeds, replicaSteps, withIssuer } from './replica.js';
import { settling } from './settling.js';
import { chosenProvider } from './chosen-provider.js';
import { runSteps, type RunIdentity } from './run-steps.js';
import { servedUrls, type ServedUrl } from './urls.js';
import { unknownValuesOf, warnOfUnknownValues } from './unknown-values.js';
import { wantedReleases, type WantedReleases } from './wanted-releases.js';

export interface UpOptions extends Selection {
  /** Uninstall releases that the file no longer has. */
  readonly prune: boolean;
  /** Take back what others changed in releases since they were installed. */
  readonly repair: boolean;
  /** Make a new cluster where the present one cannot change in place. */
  readonly recreate: boolean;
  /** Where public charts come from, where the command line said so: later commands ask there, too. */
  readonly charts?: string | undefined;
}

export interface UpResult {
  readonly environment: string;
  readonly provider: string;
  /** What is not real about it. */
  readonly simulation?: string;
  readonly summary: RunSummary;
  readonly standIns: readonly string[];
  readonly unwanted: readonly string[];
  /** Drills that were there when it began: what they hold was left alone. */
  readonly drills: readonly OpenDrill[];
  /** Optional parts that the command line asked for. */
  readonly askedParts?: readonly string[];
  readonly urls: readonly ServedUrl[];
  /** What keeps people on this machine from using these addresses, and what to do about it; see `nameWarnings`. */
  readonly unreachable: readonly string[];
  /** Requests made to the API server, Helm's own not counted. */
  readonly requests: number;
}

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly string[];
  readonly check: Check;
}

export interface PlanResult {
  readonly environment: string;
  readonly provider: string;
  readonly simulation?: string;
  readonly steps: readonly PlannedStep[];
  /** Who waits for what, and why nobody had to write it. */
  readonly edges: readonly Edge[];
  readonly unwanted: readonly string[];
  readonly drills: readonly OpenDrill[];
  /** Given values of releases to be changed that their charts do not know. */
  readonly warnings: readonly string[];
  readonly changes: boolean;
}

/** Builds the environment, or brings it up to date. */
export async function up(environment: Environment, options: UpOptions, ports: Ports): Promise<UpResult> {
  const { assembly, choice, previous } = await prepare(environment, options, ports, { isPatient: true });
  const { provider, view, stateFolder } = assembly;
  ports.events.emit({
    type: 'notice',
    level: 'info',
    message: `${environment.name}: local on ${provider.name} (${choice.reason})${provider.simulation ? `; ${provider.simulation}` : ''}`,
  });
  let unwanted: readonly string[] = [];
  let drills: readonly OpenDrill[] = [];
  const summary = await runSteps(
    { command: 'up', environment: environment.name, stateFolder, connection: () => view.connection() },
    async (identity) => {
      await begin(environment, provider, { previous, charts: options.charts }, ports);
      const story = await stepsToUp(environment, { assembly, previous }, options, identity, ports);
      warnOfUnknownValues(story.wanted.environment, ports.events);
      drills = story.drills;
      for (const { message } of drills) ports.events.emit({ type: 'notice', level: 'warning', message });
      unwanted = options.prune ? [] : story.surplus;
      return story.steps;
    },
    ports,
  );
  if (isRemoved(summary)) await begin(environment, provider, { previous: [], charts: options.charts }, ports);
  const standIns = summary.steps.filter(({ id, detail }) => id.startsWith('release/') && detail?.includes('stand-in'));
  // After a failure the cluster may not answer, and the failure is what matters.
  const urls = failureOfRun(summary) ? [] : await servedUrls(assembly);
  // Nothing of ours relies on names, but people's browsers do.
  const unreachable = urls.length > 0 && !provider.simulation ? await nameWarnings(hostsOf(environment)) : [];
  return {
    environment: environment.name,
    provider: provider.name,
    ...(provider.simulation && { simulation: provider.simulation }),
    summary,
    standIns: standIns.map(({ title }) => title),
    unwanted,
    drills,
    ...(environment.askedParts && { askedParts: environment.askedParts }),
    urls,
    unreachable,
    requests: (await view.connection().catch(() => undefined))?.requests ?? 0,
  };
}

/** What `up` would do and why; changes nothing. */
export async function plan(environment: Environment, options: UpOptions, ports: Ports): Promise<PlanResult> {
  const prepared = await prepare(environment, options, ports);
  const { assembly } = prepared;
  const identity = {
    run: 'plan',
    ensureOwned: () => Promise.resolve(),
    isOver: () => Promise.resolve(false),
    unfinished: new Set<string>(),
  };
  const { steps, surplus, wanted, drills } = await stepsToUp(environment, prepared, options, identity, ports);
  const checked = await checkPlan(buildPlan(steps), ports.interruption.draining);
  const planned = [...checked.steps.values()].map(({ id, title, needs }) => ({
    id,
    title,
    needs,
    check: checked.checks.get(id) ?? { status: 'unneeded' as const },
  }));
  return {
    environment: environment.name,
    provider: assembly.provider.name,
    ...(assembly.provider.simulation && { simulation: assembly.provider.simulation }),
    steps: planned,
    edges: wanted.edges,
    unwanted: options.prune ? [] : surplus,
    drills,
    warnings: wanted.environment.releases
      .filter(({ name }) => checked.checks.get(releaseId(name))?.status === 'needed')
      .flatMap(unknownValuesOf),
    changes: planned.some(({ check }) => check.status === 'needed' || check.status === 'blocked'),
  };
}

interface Story {
  readonly steps: readonly Step[];
  readonly surplus: readonly string[];
  readonly wanted: WantedReleases;
  readonly drills: readonly OpenDrill[];
}

/** Everything `up` does, in the order in which it can be told. */
async function stepsToUp(
  environment: Environment,
  { assembly, previous }: { readonly assembly: Assembly; readonly previous: readonly ClusterProvider[] },
  options: UpOptions,
  identity: RunIdentity,
  ports: Ports,
): Promise<Story> {
  const {
    clock,
    variables,
    paths: { kubeconfig },
  } = ports;
  const { provider, view, toolchain } = assembly;
  const { recreate, repair } = options;
  // What an earlier run did not get to prove is not proven by nothing having changed since.
  if ([...identity.unfinished].some((id) => id.startsWith('gate/'))) view.forget();
  const images = provider.machines ? await imageParts(environment, ports, assembly.engine) : undefined;
  const wanted = await wantedReleases(environment, assembly, ports, images);
  const leftOut = leftOutBy(options, environment.releases, wanted.edges);
  const needs = ['cluster', 'record'];
  const intents = await intentsIn(view);
  const held = await heldReleases(intents, () => view.workloads());
  const settle = settling(environment, provider, images);
  const installs = releaseSteps({
    ...{ ...assembly, ...wanted, clock, variables, repair, needs, ...identity },
    leftOut: orHeld(leftOut, held, environment),
    ...(images && { podNeeds }),
    ...(settle && { settle }),
  });
  const replica = replicaSteps({ environment, assembly, imageParts: images, leftOut, identity, ports }, installs);
  const network = provider.machines ? networkIds(environment, leftOut) : [];
  const surplus = await unwantedReleases(environment, view);
  const needed = await neededByDrills(intents, () => view.workloads());
  const removable = surplus.filter((release) => !needed.has(releaseKey(release)));
  const installIds = installs.map(({ id }) => id);
  const pruning = { ...assembly, ...wanted, ...identity, clock };
  const prunes = options.prune ? await pruneSteps(removable, installIds, pruning, ports.interruption.draining) : [];
  const beside = {
    ...{ ...assembly, clock },
    releases: wanted.environment.releases.filter(({ name }) => leftOut(name) === undefined),
    others: ['record', ...installIds],
  };
  const monitoring = hostMonitoringSteps(beside);
  const steps = [
    ...toolSteps(toolchain, [...provider.tools, 'helm', ...(monitoring.length > 0 ? monitoringTools : [])]),
    ...clusterSteps({ environment: environment.name, provider, view, clock, recreate, previous, kubeconfig, network }),
    recordStep(environment, { provider: provider.name, run: identity.run }, view, ['cluster'], identity.ensureOwned),
    ...drillRecordSteps(intents, { view, needs, ensureOwned: identity.ensureOwned }),
    ...replica,
    ...installs,
    ...prunes,
    ...monitoring,
    ...hostReaperSteps(beside),
  ];
  return {
    steps: withIssuer(steps),
    surplus: surplus.map(({ name }) => name),
    wanted,
    drills: openDrills(intents),
  };
}

async function prepare(
  environment: Environment,
  { recreate }: UpOptions,
  ports: Ports,
  assembling: AssembleOptions = {},
) {
  const { choice, begun } = await chosenProvider(environment, ports);
  const locked = await enforcedDigests(await readLockFor(environment), environment);
  const assembly = assemble(environment, choice.name, ports, { ...assembling, locked });
  if (begun && begun.provider !== choice.name && !recreate) {
    throw new PlatformError('conflict', `${environment.name} was begun on ${begun.provider}, not on ${choice.name}`, {
      suggestions: [
        `keep it: --provider ${begun.provider}`,
        'or run the command again with --recreate, which loses the present cluster and everything in it',
      ],
    });
  }
  const previous = previousProviders(begun, choice.name).map((name) =>
    createProvider(name, environment, ports, assembly),
  );
  return { assembly, choice, previous };
}

function isRemoved(summary: RunSummary): boolean {
  return summary.steps.some(({ id, outcome }) => id === previousClusterId && ['done', 'unchanged'].includes(outcome));
}

// Before anything is made, so that `destroy` knows where to look even after a crash in the next moment.
async function begin(
  environment: Environment,
  provider: ClusterProvider,
  { previous, charts }: { readonly previous: readonly ClusterProvider[]; readonly charts: string | undefined },
  ports: Ports,
): Promise<void> {
  const begun = await readRecord(ports.paths, environment.name);
  const record: EnvironmentRecord = {
    name: environment.name,
    target: environment.target,
    provider: provider.name,
    ...(previous.length > 0 && { previous: previous.map(({ name }) => name) }),
    ...(environment.file !== undefined && { file: environment.file }),
    ...(environment.blueprint !== undefined && { blueprint: environment.blueprint }),
    ...(charts !== undefined && { charts }),
    ...(environment.askedParts && { parts: [...environment.askedParts] }),
    createdAt: begun?.createdAt ?? new Date(ports.clock.now()).toISOString(),
  };
  if (!isDeepStrictEqual(begun, record)) await writeRecord(ports.paths, record);
}
