import type { Clock } from '../../clock.js';
import { PlatformError } from '../../errors.js';
import { poll } from '../../poll.js';
import { startTimeOf } from '../../process-identity.js';
import type { StepContext } from '../../plan/step.js';
import type { HostProgram, HostPrograms } from '../host-programs.js';

const lookMs = 50;
/** How long one look may take, in milliseconds. */
const answerWithinMs = 3_000;

/** A program, and the URL that answers when it can be used. */
export interface AnsweringProgram extends HostProgram {
  readonly readyAt: string;
}

/** Why programs are to be started; `undefined` when all run as they should. */
export async function differenceOfPrograms(
  programs: readonly HostProgram[],
  host: HostPrograms,
): Promise<string | undefined> {
  const running = await host.running();
  const ended = programs.filter(({ name }) => !running.has(name)).map(({ name }) => name);
  if (ended.length > 0) return `${ended.join(', ')} ${ended.length === 1 ? 'does' : 'do'} not run`;
  for (const program of programs) {
    if (!(await running.get(program.name)?.isStartedAs(program)))
      return `${program.name} runs another build, or with other options`;
  }
  return undefined;
}

/**
 * Starts what does not run, starts anew what runs another build, or with other options, and waits until all can be used.
 * @throws PlatformError `tool` with the last words of its log when one ends
 */
export async function startPrograms(
  programs: readonly AnsweringProgram[],
  host: HostPrograms,
  clock: Clock,
  context: StepContext,
): Promise<void> {
  const running = await host.running();
  await Promise.all(
    programs.map(async (program) => {
      const present = running.get(program.name);
      if (present && (await present.isStartedAs(program))) return;
      context.progress({ message: `starting ${program.name}` });
      if (present) await host.end(program.name, context.signal);
      await startAndAwait(program, host, clock, context.signal);
    }),
  );
}

async function startAndAwait(
  program: AnsweringProgram,
  host: HostPrograms,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const pid = await host.start(program);
  await poll(signal, clock, lookMs, async () => {
    if (await answers(program.readyAt)) return true;
    if (startTimeOf(pid) !== undefined) return undefined;
    throw new PlatformError('tool', `${program.name} ended while it was starting`, {
      output: await host.lastWords(program.name),
      suggestions: [`see \`platform logs --component ${program.name}\``],
    });
  });
}

/** Whether a program on this machine answers at a URL, and well. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
