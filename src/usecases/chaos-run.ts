import type { AutoscalerExpectation, Drill } from '../chaos/drill.js';
import { openDrillJournal } from '../chaos/drill-journal.js';
import { pruneRuns } from '../chaos/history.js';
import { Narrator } from '../chaos/narrator.js';
import type { DrillRecord, Finding, ScalingResult } from '../chaos/record.js';
import { writeReports } from '../chaos/report/write.js';
import { noObservations } from '../chaos/observe/no-observations.js';
import { DrillRun } from '../chaos/run/drill-run.js';
import type { DrillRunResult as Performed } from '../chaos/run/drill-run-result.js';
import { look, type Look } from '../chaos/run/look.js';
import { loadResult } from '../chaos/load/load-result.js';
import { judgeScaling } from '../chaos/autoscaling/judge.js';
import { boundsOf, readAutoscaler, type AutoscalerBounds } from '../chaos/autoscaling/autoscaler.js';
import { scalingSlackMs } from '../chaos/autoscaling/slack.js';
import { runFolder } from '../chaos/run-folder.js';
import { counted } from '../chaos/words.js';
import { verdictOf } from '../chaos/verdict.js';
import type { World } from '../chaos/world.js';
import { isAbort, PlatformError, type Failure } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { Ports } from '../ports.js';
import { failureOfFinding, failureOfLook, failureOfRecord, reasonToStop } from './chaos-failure.js';
import { reportOf, runToCompareWith, type ReportResult } from './chaos-report.js';
import { loadRoute, worldOf } from './chaos-world.js';
import type { OpenEnvironment } from './open.js';
import { ownedRun, type OwnedRun } from './owned-run.js';

export interface DrillOptions {
  /** Looks and predicts only. */
  readonly dryRun: boolean;
  /** Runs it although the look has found that it would fail. */
  readonly anyway: boolean;
  /** Runs it although nobody would take the fault back if this machine were gone. */
  readonly withoutReaper: boolean;
  /** Folder that the reports are copied to. */
  readonly artifacts?: string | undefined;
  /** An earlier run to compare with. */
  readonly compare?: string | undefined;
  /** Name of the environment, which has to be said for one on AWS. */
  readonly confirm?: string | undefined;
}

export type DrillResult =
  | {
      readonly kind: 'look';
      readonly drill: Drill;
      readonly findings: readonly Finding[];
      readonly prediction: Look['prediction'];
      readonly failure?: Failure;
    }
  | (ReportResult & {
      readonly kind: 'run';
      /** Absent where it passed. */
      readonly failure?: Failure;
    });

/** Runs a drill: looks, breaks, watches, takes back, judges, and writes it all down. */
export async function runDrill(
  opened: OpenEnvironment,
  drill: Drill,
  options: DrillOptions,
  ports: Ports,
): Promise<DrillResult> {
  const { environment, assembly } = opened;
  refuseUnconfirmed(opened, options);
  const world = await worldOf(opened, ports);
  const { draining } = ports.interruption;
  if (options.dryRun) {
    const { findings, prediction } = await look(drill, world, options, draining);
    return { kind: 'look', drill, findings, prediction, ...failureOfLook(findings) };
  }
  const { stateFolder, view } = assembly;
  const compare = await comparedRun(stateFolder, drill, options, ports);
  const run = {
    ...{ command: `chaos ${drill.name}`, environment: environment.name, stateFolder },
    connection: () => view.connection(),
  };
  return ownedRun(
    run,
    async (owned) => {
      const record = await drilled(opened, { drill, world, options, owned, ...run }, ports);
      await writeReports(runFolder(stateFolder, owned.run), record);
      const report = await reportOf(stateFolder, { run: owned.run, compare, artefacts: options.artifacts });
      await pruneRuns(stateFolder);
      return { kind: 'run', ...report, ...failureOfRecord(record) };
    },
    ports,
  );
}

/** A wrong name is told before anything is broken, not afterwards; that there is none yet is no reason not to run. */
async function comparedRun(
  stateFolder: string,
  { name }: Drill,
  { compare }: DrillOptions,
  { events }: Pick<Ports, 'events'>,
): Promise<string | undefined> {
  if (compare === undefined) return undefined;
  const found = await runToCompareWith(stateFolder, name, compare);
  if (found !== undefined) return found;
  const message = `${name} is compared with nothing: this is its first run here`;
  events.emit({ type: 'notice', level: 'info', message });
  return undefined;
}

interface Drilled {
  readonly drill: Drill;
  readonly world: World;
  readonly options: DrillOptions;
  readonly owned: OwnedRun;
  readonly command: string;
  readonly environment: string;
  readonly stateFolder: string;
}

/** The drill itself, with its journal; the record is all that is left of it. */
async function drilled(opened: OpenEnvironment, given: Drilled, ports: Ports): Promise<DrillRecord> {
  const { drill, world, options, owned, command, environment, stateFolder } = given;
  const { clock, events, interruption } = ports;
  const { run } = owned;
  const at = clock.now();
  const provider = world.provider.name;
  const journal = openDrillJournal(runFolder(stateFolder, run), { at, run, drill: drill.name, environment, provider });
  const narrator = new Narrator(events, clock, { run, command, environment, journal: journal.file }, drill);
  try {
    narrator.start('look', 'would it prove anything?');
    const looked = await look(drill, world, options, interruption.draining).catch(unlessInterrupted(interruption));
    if (looked === undefined) {
      const marks = { startedAt: at, endedAt: clock.now() };
      return await recordOf(given, nothingSeen, { marks, ...nothingDone, isInterrupted: true });
    }
    for (const finding of looked.findings) journal.record({ kind: 'finding', at: clock.now(), ...finding });
    const stop = reasonToStop(looked.findings, options.anyway);
    if (stop) {
      narrator.finish('look', 'failed', { failure: failureOfFinding(stop) });
      return await recordOf(given, looked, { marks: { startedAt: at, endedAt: clock.now() }, ...nothingDone });
    }
    narrator.finish('look', 'done', { detail: wordsOf(looked.findings) });
    const performed = await new DrillRun({
      ...{ drill, world, look: looked, run, narrator, journal },
      owner: `${owned.owner.user}@${owned.owner.host}/${String(owned.owner.pid)}`,
      load: await loadRoute(opened, ports),
      ensureOwned: owned.ensureOwned,
      stopped: interruption.draining,
      quitting: interruption.quitting,
    }).perform();
    return await recordOf(given, looked, performed);
  } finally {
    narrator.over();
    journal.close();
  }
}

const nothingDone: Omit<Performed, 'marks'> = {
  clockOffsetsMs: {},
  observations: noObservations(),
  links: [],
  isInterrupted: false,
};

const nothingSeen: Look = { findings: [], prediction: { links: [], totalMs: 0 } };

/** Somebody who presses Ctrl-C while nothing was done yet gets a record, too: it was no crash. */
function unlessInterrupted({ draining }: Ports['interruption']): (error: unknown) => undefined {
  return (error) => {
    if (!draining.aborted || !isAbort(error)) throw error;
  };
}

async function recordOf(
  { drill, world, owned, environment }: Drilled,
  looked: Look,
  performed: Performed,
): Promise<DrillRecord> {
  const { findings, prediction } = looked;
  const { marks, clockOffsetsMs, observations, links, restore, problem, isInterrupted, endedBy } = performed;
  const { name: provider, simulation } = world.provider;
  const scaling = await scalingOf(drill, world, looked, performed);
  const record = {
    ...{ version: 1 as const, run: owned.run, environment, provider, drill, marks, clockOffsetsMs },
    ...{ findings, prediction, observations, links },
    ...(simulation !== undefined && { simulation }),
    ...(scaling && { scaling }),
    ...(drill.fault.type === 'load' &&
      marks.faultAt !== undefined && {
        load: loadResult(
          observations.load,
          drill.fault,
          drill.expect.load,
          simulation === undefined ? undefined : (marks.loadEndedAt ?? marks.endedAt) - marks.faultAt,
        ),
      }),
    ...(restore && { restore }),
    ...(problem !== undefined && { problem }),
  };
  return {
    ...record,
    verdict: verdictOf(record, { isInterrupted, ...(endedBy !== undefined && { endedBy }) }),
  };
}

async function scalingOf(
  { expect }: Drill,
  { client }: World,
  { bounds, prediction }: Look,
  { marks, observations }: Performed,
): Promise<ScalingResult | undefined> {
  const { autoscaler } = expect;
  if (!autoscaler || !bounds || !prediction.scaling || marks.faultAt === undefined) return undefined;
  return judgeScaling({
    ...{ samples: observations.autoscaler, marks, bounds, prediction: prediction.scaling, load: observations.load },
    ...(autoscaler.reaches !== undefined && { wanted: autoscaler.reaches }),
    boundsAfter: await boundsNow(autoscaler, client),
    slackMs: scalingSlackMs,
  });
}

/** That it is gone, or nobody can say, is the same: it cannot be judged. */
async function boundsNow(name: AutoscalerExpectation, client: ClusterClient): Promise<AutoscalerBounds | undefined> {
  try {
    return boundsOf(await readAutoscaler(client, name, AbortSignal.timeout(10_000)));
  } catch {
    return undefined;
  }
}

function wordsOf(findings: readonly Finding[]): string {
  const warnings = findings.filter(({ level }) => !['ok', 'note'].includes(level));
  const looked = counted(findings.length, 'finding');
  return warnings.length === 0
    ? `${looked}, nothing in the way`
    : `${looked}: ${warnings.map(({ message }) => message).join('; ')}`;
}

/** On AWS people and money depend on what is broken: it has to be said which environment is meant. */
function refuseUnconfirmed({ environment }: OpenEnvironment, { confirm, dryRun }: DrillOptions): void {
  const { name, target } = environment;
  if (confirm !== undefined && confirm !== name) {
    throw new PlatformError('usage', `--confirm says ${confirm}, but the environment is ${name}`);
  }
  if (target !== 'aws' || dryRun || confirm === name) return;
  throw new PlatformError('usage', `a drill on AWS breaks what others may use: ${name} has to be confirmed`, {
    suggestions: [`add --confirm ${name}`, 'look first: --dry-run'],
  });
}
