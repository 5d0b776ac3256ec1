import { availableParallelism } from 'node:os';
import { PlatformError, type Failure } from '../errors.js';
import { buildPlan, checkPlan } from '../plan/plan.js';
import { runPlan, type TimedResult } from '../plan/runner.js';
import { laneLimits, type Step } from '../plan/step.js';
import type { Ports } from '../ports.js';

export type ImagesRunPorts = Pick<Ports, 'events' | 'clock' | 'interruption'>;

/**
 * Runs steps that need neither a cluster nor to own the environment: images belong to all environments.
 * @throws PlatformError with the code of the first failure and every one of them, or `interrupted`
 */
export async function runImageSteps(
  command: string,
  environment: string,
  steps: readonly Step[],
  { events, clock, interruption }: ImagesRunPorts,
): Promise<readonly TimedResult[]> {
  const plan = await checkPlan(buildPlan(steps), interruption.draining);
  const summaries = steps.map(({ id, title, needs, lane }) => ({ id, title, needs, lane }));
  events.emit({ type: 'run-started', run: 'images', command, environment, steps: summaries });
  const results = await runPlan(plan, { events, clock, interruption, lanes: laneLimits(availableParallelism()) });
  const failed = results.flatMap(({ id, failure }) => (failure ? [{ id, failure }] : []));
  const [first] = failed;
  if (first) throw failed.length === 1 ? errorOf(first.failure) : errorOfMany(failed, first.failure);
  if (results.some(({ outcome }) => outcome === 'interrupted')) {
    throw new PlatformError('interrupted', 'interrupted; the same command goes on from here');
  }
  return results;
}

function errorOf({ code, message, output, command, suggestions, facts, causes = [] }: Failure): PlatformError {
  const words = output ?? causes.join('\n');
  return new PlatformError(code, message, {
    ...(words !== '' && { output: words }),
    ...(command !== undefined && { command }),
    ...(suggestions && { suggestions }),
    ...(facts && { facts }),
  });
}

function errorOfMany(
  failed: readonly { readonly id: string; readonly failure: Failure }[],
  { code }: Failure,
): PlatformError {
  const nameOf = (id: string) => id.slice(id.indexOf('/') + 1);
  return new PlatformError(
    code,
    `${String(failed.length)} images failed: ${failed.map(({ id }) => nameOf(id)).join(', ')}`,
    {
      output: failed
        .map(({ id, failure }) => [`${nameOf(id)}: ${failure.message}`, ...linesOf(failure.output)].join('\n  '))
        .join('\n'),
      suggestions: [...new Set(failed.flatMap(({ failure }) => failure.suggestions ?? []))],
      facts: {
        failures: failed.map(({ id, failure }) => ({ name: nameOf(id), code: failure.code, message: failure.message })),
      },
    },
  );
}

function linesOf(output: string | undefined): string[] {
  return output === undefined || output === '' ? [] : output.split('\n');
}
