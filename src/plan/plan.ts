import { failureOf, PlatformError } from '../errors.js';
import { findCycle } from './graph.js';
import type { Check, Step, StepContext } from './step.js';

/** The steps of one run in an order in which each comes after all it needs. */
export interface Plan {
  readonly steps: ReadonlyMap<string, Step>;
  /** Ids of the steps that need a step, by its id. */
  readonly dependants: ReadonlyMap<string, readonly string[]>;
}

/** A plan with what the world answered to each step. */
export interface CheckedPlan extends Plan {
  readonly checks: ReadonlyMap<string, Check>;
}

/**
 * Builds the graph. Pure: the same steps give the same plan.
 * @throws PlatformError `usage` for a need nobody provides or a cycle (printed whole), `unexpected` for two steps of
 * one id.
 */
export function buildPlan(steps: readonly Step[]): Plan {
  const byId = new Map<string, Step>();
  for (const step of steps) {
    if (byId.has(step.id)) throw new PlatformError('unexpected', `two steps have the id ${step.id}`);
    byId.set(step.id, step);
  }
  const dependants = new Map<string, string[]>(steps.map((step) => [step.id, []]));
  for (const step of steps) {
    for (const need of step.needs) {
      const list = dependants.get(need);
      if (!list) throw new PlatformError('usage', `${step.id} needs ${need}, which nothing in this plan provides`);
      list.push(step.id);
    }
  }
  return { steps: inOrder(byId, dependants), dependants };
}

/** Asks the world about every step at once; a check that throws becomes `blocked` with its reason. */
export async function checkPlan(plan: Plan, signal: AbortSignal): Promise<CheckedPlan> {
  const context: StepContext = { signal, progress: () => undefined };
  const checks = await Promise.all(
    [...plan.steps.values()].map(async (step): Promise<[string, Check]> => [step.id, await checkStep(step, context)]),
  );
  return { ...plan, checks: withoutUndemanded(plan, new Map(checks)) };
}

/** Asks the world about one step; what the check throws means that it cannot be told, which blocks. */
export async function checkStep(step: Step, context: StepContext): Promise<Check> {
  try {
    return await step.check(context);
  } catch (error) {
    context.signal.throwIfAborted();
    const failure = failureOf(error);
    const words = [failure.message, ...(failure.causes ?? []), ...(failure.output ? [failure.output] : [])];
    return { status: 'blocked', by: words.join(': '), fix: failure.suggestions ?? [], code: failure.code };
  }
}

/** True when a step that needs this one directly has to be applied. */
export function isDemanded(plan: CheckedPlan, id: string): boolean {
  return (plan.dependants.get(id) ?? []).some((dependant) => {
    const check = plan.checks.get(dependant);
    const step = plan.steps.get(dependant);
    return check?.status === 'needed' && (!step?.onDemand || isDemanded(plan, dependant));
  });
}

// What nobody asks for is shown as unneeded, so that a plan lists only what would really happen.
function withoutUndemanded(plan: Plan, checks: ReadonlyMap<string, Check>): ReadonlyMap<string, Check> {
  const checked = { ...plan, checks };
  return new Map(
    [...checks].map(([id, check]) =>
      check.status === 'needed' && plan.steps.get(id)?.onDemand && !isDemanded(checked, id)
        ? [id, { status: 'unneeded' }]
        : [id, check],
    ),
  );
}

function inOrder(
  steps: ReadonlyMap<string, Step>,
  dependants: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, Step> {
  const missing = new Map([...steps.values()].map((step) => [step.id, new Set(step.needs).size]));
  const ready = [...steps.values()].filter((step) => step.needs.length === 0);
  const ordered = new Map<string, Step>();
  for (let step = ready.shift(); step; step = ready.shift()) {
    ordered.set(step.id, step);
    for (const id of new Set(dependants.get(step.id))) {
      const left = (missing.get(id) ?? 0) - 1;
      missing.set(id, left);
      const dependant = steps.get(id);
      if (left === 0 && dependant) ready.push(dependant);
    }
  }
  if (ordered.size < steps.size) {
    const cycle = findCycle(new Map([...steps.values()].map((step) => [step.id, step.needs])));
    throw new PlatformError('usage', `steps need each other in a circle: ${(cycle ?? []).join(' → ')}`);
  }
  return ordered;
}
