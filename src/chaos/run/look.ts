import { boundsOf, type AutoscalerBounds } from '../autoscaling/autoscaler.js';
import { predictScaling } from '../autoscaling/predict.js';
import type { Drill } from '../drill.js';
import { receiversByName, type Receivers } from '../../monitoring/receivers.js';
import { answerOf } from '../preflight/asked.js';
import type { PreflightOptions } from '../preflight/check.js';
import { gatherFacts, type Facts } from '../preflight/facts.js';
import { findingsOf } from '../preflight/preflight.js';
import { whatStarts } from '../preflight/starting.js';
import { predict } from '../prediction/predict.js';
import type { Finding, PredictedScaling, Prediction } from '../record.js';
import { effectOf } from '../sight/effect-of-fault.js';
import { sightFindings } from '../sight/findings.js';
import { recordingsOf, sightOf } from '../sight/sight.js';
import { surroundingsOf } from '../sight/surroundings.js';
import type { World } from '../world.js';
import { plannable } from './plannable.js';

/**
 * How long programs that have just started are waited for, and how often they are looked at, in milliseconds. What
 * Prometheus could tell nobody in its first seconds it tells again after a minute (`--rules.alert.resend-delay`).
 */
const startingMs = 75_000;
const everyMs = 500;

/** What is known before a drill. */
export interface Look {
  readonly findings: readonly Finding[];
  readonly prediction: Prediction;
  /** Of the expected autoscaler, where there is one. */
  readonly bounds?: AutoscalerBounds;
  /** Of the configuration that Alertmanager has loaded. */
  readonly receivers?: Receivers;
}

/** Looks whether a drill could prove anything, and how long it would take; changes nothing. */
export async function look(drill: Drill, world: World, options: PreflightOptions, signal: AbortSignal): Promise<Look> {
  const facts = await startedFacts(drill, world, signal);
  const sights = await sightsOf(drill, facts, world, signal);
  const scaling = scalingOf(drill, facts);
  const looked = findingsOf(drill, facts, options);
  const isRefused = looked.some(({ level }) => level === 'refused');
  // What was refused already is told there, and better.
  const unplannable = isRefused ? [] : await plannable(drill, world, signal);
  const routing = answerOf(facts.monitoring?.alertmanager)?.routing;
  const prediction = { ...predict(drill, facts), ...(scaling && { scaling: scaling.predicted }) };
  return {
    findings: [...looked, ...unplannable, ...sights],
    prediction: { ...prediction, totalMs: prediction.totalMs + timeOf(drill, scaling?.predicted) },
    ...(scaling && { bounds: scaling.bounds }),
    ...(routing && { receivers: receiversByName(routing.receivers) }),
  };
}

/** Right after `up`, what is not known yet is waited for: a look at it would only say to come back later. */
async function startedFacts(drill: Drill, world: World, signal: AbortSignal): Promise<Facts> {
  const until = world.clock.now() + startingMs;
  let facts = await gatherFacts(drill, world, signal);
  while (whatStarts(drill, facts) !== undefined && world.clock.now() < until) {
    await world.clock.sleep(everyMs, signal);
    facts = await gatherFacts(drill, world, signal);
  }
  return facts;
}

/** Whether the rules of the expected alerts can see the fault. */
async function sightsOf(drill: Drill, facts: Facts, world: World, signal: AbortSignal): Promise<readonly Finding[]> {
  const { monitoring } = world;
  const groups = answerOf(facts.monitoring?.prometheus)?.groups ?? [];
  const expected = groups.flatMap(({ rules, intervalMs }) =>
    rules.flatMap((rule) =>
      rule.type === 'alerting' && drill.expect.alerts.includes(rule.name) ? [{ rule, intervalMs }] : [],
    ),
  );
  if (!monitoring || expected.length === 0 || !answerOf(facts.target)?.object) return [];
  const effect = effectOf(drill.fault, await surroundingsOf(drill.fault, world.client, signal));
  const recordings = await recordingsOf(monitoring.prometheus, signal);
  const sights = await Promise.all(
    expected.map(({ rule, intervalMs }) => sightOf(rule, intervalMs, effect, world, signal, { recordings })),
  );
  return sightFindings(sights, drill);
}

function scalingOf(
  { expect }: Drill,
  facts: Facts,
): { readonly predicted: PredictedScaling; readonly bounds: AutoscalerBounds } | undefined {
  const { autoscaler, metricsResolutionMs } = answerOf(facts.autoscaler) ?? {};
  // That there is none is a finding, and no failure.
  if (!expect.autoscaler || !autoscaler) return undefined;
  const original = autoscaler.status.currentReplicas;
  const predicted = predictScaling(autoscaler, { original, metricsResolutionMs });
  return { predicted, bounds: boundsOf(autoscaler) };
}

/** Of a load, from its begin until the autoscaler is back. */
function timeOf({ fault }: Drill, scaling: PredictedScaling | undefined): number {
  if (fault.type !== 'load') return 0;
  return (scaling?.up.at(-1)?.afterMs ?? fault.atMostMs) + (scaling?.down.at(-1)?.afterMs ?? 0);
}
