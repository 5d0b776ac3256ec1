import { stripVTControlCharacters } from 'node:util';
import { PlatformError } from '../errors.js';
import { toolFailure, type Processes } from '../process.js';
import type { BuildSpec, EngineCall, EngineName } from './engine.js';
import { explainEngineFailure } from './engine-failures.js';
import { wordsOf } from './engine-words.js';
import { pairs } from './run-container.js';

/** Enough for the step that failed and what it said. */
const linesKept = 40;

/** Builds images with BuildKit where Docker has it, with the classic builder or Podman's own otherwise. */
export function imageBuilder(engine: EngineName, processes: Processes) {
  let buildx: Promise<boolean> | undefined;
  return async (spec: BuildSpec, { signal, onLine }: EngineCall = {}): Promise<void> => {
    const hasBuildKit = engine === 'docker' && (await (buildx ??= findBuildx(processes)));
    const args = [...builder(engine, hasBuildKit), ...options(spec)];
    const lines: string[] = [];
    const result = await processes.run(engine, args, {
      allowFailure: true,
      // A value of the user's would choose a builder that may not be there.
      env: { DOCKER_BUILDKIT: undefined },
      ...(signal && { signal }),
      onLine: (line) => {
        const text = stripVTControlCharacters(line).trimEnd();
        lines.push(text);
        if (lines.length > linesKept) lines.shift();
        onLine?.(text);
      },
    });
    if (result.exitCode === 0) return;
    const error = new PlatformError('tool', `${engine} could not build ${spec.tag}`, {
      output: lines.join('\n').trim(),
      command: toolFailure(engine, args, result).command ?? '',
      facts: { exitCode: result.exitCode },
    });
    // What a step of the build prints looks like the engine's own failures, except for a full disk.
    const words = wordsOf(result.stderr);
    const full = lines.find((line) => line.includes('no space left on device'));
    const base = /failed to resolve source metadata for (\S+?):? /.exec(words)?.[1] ?? baseOf(lines);
    throw explainEngineFailure(error, { engine, what: `build ${spec.tag}`, image: base }, full ?? words);
  };
}

function builder(engine: EngineName, hasBuildKit: boolean): string[] {
  if (hasBuildKit) return ['buildx', 'build', '--load', '--progress', 'plain'];
  // The classic builder would leave the container of a step that failed.
  return engine === 'docker' ? ['build', '--force-rm'] : ['build'];
}

function options({ context, dockerfile, tag, target, args, labels, platform }: BuildSpec): string[] {
  return [
    ...['--file', dockerfile],
    ...['--tag', tag],
    ...(target === undefined ? [] : ['--target', target]),
    ...(platform === undefined ? [] : ['--platform', platform]),
    ...pairs('--build-arg', args),
    ...pairs('--label', labels),
    context,
  ];
}

// The classic builder says which image it gets in the line before it fails, and only there.
function baseOf(lines: readonly string[]): string | undefined {
  const last = lines.findLast((line) => /^(Step \d+\/\d+ :|STEP \d+\/\d+:)/.test(line));
  return /FROM (?:--\S+ )?(\S+)/i.exec(last ?? '')?.[1];
}

async function findBuildx(processes: Processes): Promise<boolean> {
  const { exitCode } = await processes.run('docker', ['buildx', 'version'], { allowFailure: true });
  return exitCode === 0;
}
