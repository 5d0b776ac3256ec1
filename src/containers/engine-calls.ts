import { stripVTControlCharacters } from 'node:util';
import { toolFailure, type ProcessResult, type Processes } from '../process.js';
import type { EngineCall, EngineName } from './engine.js';
import { explainEngineFailure } from './engine-failures.js';

export interface CallOptions extends EngineCall {
  /** `remove the network kind`: what the call is for. */
  readonly what: string;
  /** The image it is about, if one. */
  readonly image?: string;
  /** An answer that is no failure: what it says on a non-zero exit status. */
  readonly unless?: RegExp;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs the engine's command line; failures come in its own words. */
export type EngineCalls = (args: readonly string[], options: CallOptions) => Promise<ProcessResult>;

/** What an engine says of a thing that is not there: Docker's words, then Podman's. */
export const absent =
  /no such (container|object|image|network|volume)|network \S+ not found|(image|network|volume|container) not known|unable to find network|network not found|no (container|pod|volume) with name/i;

export function engineCalls(engine: EngineName, processes: Processes): EngineCalls {
  return async (args, { what, image, unless, onLine, signal, stdin, env }) => {
    const result = await processes.run(engine, args, {
      allowFailure: true,
      ...(signal && { signal }),
      ...(stdin !== undefined && { stdin }),
      ...(env && { env }),
      ...(onLine && {
        onLine: (line) => {
          onLine(stripVTControlCharacters(line));
        },
      }),
    });
    if (result.exitCode === 0 || unless?.test(result.stderr)) return result;
    const words = result.stderr.trim() || result.stdout;
    throw explainEngineFailure(toolFailure(engine, args, result), { engine, what, image }, words);
  };
}
