import { PlatformError } from '../errors.js';
import { toolFailure, type ProcessResult, type Processes } from '../process.js';
import type { EngineCall, EngineName } from './engine.js';
import { explainEngineFailure } from './engine-failures.js';

/** What the engine itself says when it cannot run the program; anything else is the program's own. */
const ofTheEngine =
  /^(Error response from daemon: |Cannot connect to|Error: (no container|can only create exec|unable to)|OCI runtime exec failed|.*OCI runtime attempted|permission denied while trying to connect|error during connect)/im;

/** Runs a program inside a running container to its end. */
export async function execute(
  engine: EngineName,
  processes: Processes,
  container: string,
  command: readonly string[],
  { stdin, signal, onLine }: EngineCall & { readonly stdin?: string },
): Promise<ProcessResult> {
  const args = ['exec', ...(stdin === undefined ? [] : ['--interactive']), container, ...command];
  const result = await processes.run(engine, args, {
    allowFailure: true,
    ...(stdin !== undefined && { stdin }),
    ...(signal && { signal }),
    ...(onLine && { onLine }),
  });
  if (result.exitCode === 0) return result;
  const failure = toolFailure(engine, args, result);
  // Docker says on standard output that it could not start the program.
  const words = result.stderr.trim() || result.stdout;
  if (ofTheEngine.test(words)) {
    const what = `run ${command[0] ?? ''} in the container ${container}`;
    throw explainEngineFailure(failure, { engine, what }, words);
  }
  throw new PlatformError(
    'tool',
    `${command[0] ?? ''} failed with exit code ${String(result.exitCode)} in the container ${container}`,
    {
      ...(failure.output !== undefined && { output: failure.output }),
      ...(failure.command !== undefined && { command: failure.command }),
      facts: { exitCode: result.exitCode, container },
    },
  );
}
