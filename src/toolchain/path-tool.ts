import { join } from 'node:path';
import { satisfies } from 'semver';
import { z } from 'zod';
import { PlatformError } from '../errors.js';
import { createNotebook } from '../notebook.js';
import type { Ports } from '../ports.js';
import { programsOnPath, type Program } from './path-search.js';
import { versionIn, type Pin, type ToolName } from './pins.js';
import type { Refusal } from './refusal.js';
import type { Tool } from './tool.js';

const answerSchema = z.object({
  bytes: z.number(),
  changedAt: z.number(),
  /** The question and answer pattern it was asked with. */
  asked: z.string(),
  /** `null` where the program said nothing that looks like a version. */
  version: z.string().nullable(),
});

/** A program that does not say its version by then is not suitable. */
const answerWithinMs = 5000;

/** Looks for tools on the user's PATH; what a program answered is remembered until the file changes. */
export function createPathTools({ processes, clock, paths, variables }: Omit<Ports, 'events' | 'interruption'>) {
  const answers = createNotebook(join(paths.cache, 'tools', 'path.json'), answerSchema);

  async function versionOf(program: Program, pin: Pin): Promise<string | null> {
    const { ask } = pin;
    const asked = `${ask.arguments} ${'answer' in ask ? ask.answer : JSON.stringify(ask.signs)}`;
    const known = await answers.get(program.path);
    const { bytes, changedAt } = program;
    if (known?.bytes === bytes && known.changedAt === changedAt && known.asked === asked) return known.version;
    const version = await askVersion(program.path, pin);
    await answers.set(program.path, { bytes, changedAt, asked, version });
    return version;
  }

  async function askVersion(path: string, pin: Pin): Promise<string | null> {
    const late = new AbortController();
    const answered = new AbortController();
    const deadline = clock.sleep(answerWithinMs, answered.signal).then(
      () => {
        late.abort();
        return '';
      },
      () => '',
    );
    const words = processes
      .run(path, pin.ask.arguments.split(' '), { signal: late.signal, allowFailure: true })
      .then(({ stdout, stderr }) => `${stdout}\n${stderr}`)
      .catch((error: unknown) => {
        if (error instanceof PlatformError) return '';
        throw error;
      });
    const text = await Promise.race([words, deadline]);
    answered.abort();
    return versionIn(text, pin) ?? null;
  }

  return {
    /** The first suitable one, or why none is. */
    async find(name: ToolName, pin: Pin): Promise<Tool | Refusal> {
      const unsuitable: string[] = [];
      for (const program of await programsOnPath(name, variables['PATH'])) {
        const version = await versionOf(program, pin);
        if (version !== null && satisfies(version, pin.accepts)) {
          return { name, version, path: program.path, source: 'path' };
        }
        unsuitable.push(`${program.path} ${version === null ? 'does not say its version' : `is ${version}`}`);
      }
      const reason =
        unsuitable.length === 0
          ? `there is no ${name}`
          : `${unsuitable.join(', ')}; wanted: ${pin.accepts}${pin.because === undefined ? '' : `, because ${pin.because}`}`;
      return { way: 'PATH', reason };
    },
  };
}
