import type { Clock } from '../../clock.js';
import { failureOf, PlatformError } from '../../errors.js';
import type { Processes } from '../../process.js';
import { kwokctlWords, lastWords } from './component-logs.js';
import { endedComponents } from './host-processes.js';

export interface Kwokctl {
  readonly binary: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The control plane's folder. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const lookMs = 500;
/** A component that is gone in so many looks in a row does not come back: kwokctl starts each once and waits for all. */
const looks = 4;

/**
 * Runs kwokctl, and ends the wait as soon as a component it started has ended.
 * @throws PlatformError `tool` with kwokctl's words and the last words of the component
 */
export async function runKwokctl(
  { binary, args, env, folder, signal }: Kwokctl,
  { processes, clock }: { readonly processes: Processes; readonly clock: Clock },
): Promise<void> {
  const finished = new AbortController();
  const inVain = new AbortController();
  const watch = watchComponents(folder, clock, finished.signal).then((ended) => {
    if (ended !== undefined) inVain.abort(new Error(ended));
    return ended;
  });
  try {
    await processes.run(binary, args, { env, signal: AbortSignal.any([signal, inVain.signal]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof PlatformError)) throw error;
    const [ended] = await endedComponents(folder);
    const { command, output = '' } = failureOf(error);
    const words = [kwokctlWords(output), ...(ended === undefined ? [] : [await lastWords(folder, ended)])];
    throw new PlatformError(
      'tool',
      ended === undefined ? error.message : `${ended} ended while the cluster was starting`,
      {
        output: words.filter((part) => part !== '').join('\n'),
        ...(command !== undefined && { command }),
        cause: error.cause,
      },
    );
  } finally {
    finished.abort();
    await watch;
  }
}

/** The first component that stays ended; `undefined` when the signal aborts before. */
async function watchComponents(folder: string, clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  const gone = new Map<string, number>();
  while (!signal.aborted) {
    const ended = await endedComponents(folder);
    for (const name of gone.keys()) if (!ended.includes(name)) gone.delete(name);
    for (const name of ended) gone.set(name, (gone.get(name) ?? 0) + 1);
    const lasting = ended.find((name) => (gone.get(name) ?? 0) >= looks);
    if (lasting !== undefined) return lasting;
    await clock.sleep(lookMs, signal).catch(() => undefined);
  }
  return undefined;
}
