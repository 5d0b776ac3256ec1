import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from '../../src/containers/engine.js';
import { PlatformError } from '../../src/errors.js';
import { asset } from '../../src/paths.js';
import type { ProcessResult, Processes, RunOptions } from '../../src/process.js';

const versions: Readonly<Record<EngineName, string>> = { docker: '20.10.24', podman: '4.3.1' };

/** What Docker 20.10.24 (with the client 28.2.2) or Podman 4.3.1 really said. */
export function recorded(name: string, engine: EngineName = 'docker'): Promise<string> {
  return readFile(join(asset(`test/fixtures/${engine}/${versions[engine]}`), name), 'utf8');
}

export interface RecordedCall {
  readonly argv: readonly string[];
  readonly options: RunOptions;
}

type Answer = Partial<ProcessResult> | 'absent';

/**
 * Processes that answer by the beginning of their command line (`docker network inspect`), the longest that fits, and
 * remember what they were asked; without an answer a program ends well and says nothing.
 */
export function answering(answers: Readonly<Record<string, Answer | ((call: RecordedCall) => Promise<Answer>)>> = {}) {
  const calls: RecordedCall[] = [];
  const processes: Processes = {
    async run(command, args, options = {}) {
      const call = { argv: [command, ...args], options };
      calls.push(call);
      const line = call.argv.join(' ');
      const key = Object.keys(answers)
        .filter((start) => line === start || line.startsWith(`${start} `))
        .sort((one, other) => other.length - one.length)[0];
      const found = key === undefined ? {} : answers[key];
      const answer = typeof found === 'function' ? await found(call) : (found ?? {});
      if (answer === 'absent') throw new PlatformError('prerequisite', `${command} could not be started`);
      const result = { stdout: '', stderr: '', exitCode: 0, ...answer };
      for (const text of [result.stdout, result.stderr]) {
        for (const one of text.split('\n').slice(0, -1)) options.onLine?.(one, 'stdout');
      }
      return result;
    },
  };
  return {
    processes,
    calls,
    /** Command lines so far. */
    lines: () => calls.map(({ argv }) => argv.join(' ')),
  };
}

/** What a promise fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<PlatformError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof PlatformError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
