import type { Drill } from '../drill.js';
import { answerOf } from '../preflight/asked.js';
import { gatherFacts, type Facts } from '../preflight/facts.js';
import { preflight, type PreflightOptions } from '../preflight/preflight.js';
import { predict } from '../prediction/predict.js';
import type { Finding, Prediction } from '../record.js';
import { effectOf } from '../sight/effect-of-fault.js';
import { sightFindings } from '../sight/findings.js';
import { recordingsOf, sightOf } from '../sight/sight.js';
import { surroundingsOf } from '../sight/surroundings.js';
import type { World } from '../world.js';

/** What is known before a drill. */
export interface Look {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly prediction: Prediction;
}

/** Looks whether a drill could prove anything, and how long it would take; changes nothing. */
export async function look(drill: Drill, world: World, options: PreflightOptions, signal: AbortSignal): Promise<Look> {
  const facts = await gatherFacts(drill, world, signal);
  const findings = [...preflight(drill, facts, options), ...(await seen(drill, facts, world, signal))];
  return { facts, findings, prediction: predict(drill, facts) };
}

/** Whether the rules of the expected alerts can see the fault. */
async function seen(drill: Drill, facts: Facts, world: World, signal: AbortSignal): Promise<readonly Finding[]> {
  const { monitoring } = world;
  const groups = answerOf(facts.monitoring?.prometheus)?.groups ?? [];
  const rules = groups.flatMap(({ rules, intervalMs }) =>
    rules.flatMap((rule) =>
      rule.type === 'alerting' && drill.expect.alerts.includes(rule.name) ? [{ rule, intervalMs }] : [],
    ),
  );
  if (!monitoring || rules.length === 0) return [];
  const effect = effectOf(drill.fault, await surroundingsOf(drill.fault, world.client, signal));
  const recordings = await recordingsOf(monitoring.prometheus, signal);
  const sights = await Promise.all(
    rules.map(({ rule, intervalMs }) => sightOf(rule, intervalMs, effect, world, signal, { recordings })),
  );
  return sightFindings(sights, drill);
}
