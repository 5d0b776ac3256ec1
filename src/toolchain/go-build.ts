import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Progress } from '../plan/events.js';
import { PlatformError } from '../errors.js';
import type { Processes } from '../process.js';
import { throttle } from '../throttle.js';
import type { Go } from './go.js';
import { writeThrowAwayModule } from './go-module.js';
import type { BuildPin, ToolName } from './pins.js';

export interface BuildRequest {
  /** Tools of one module at one version. */
  readonly tools: ReadonlyMap<ToolName, BuildPin>;
  readonly folder: string;
  readonly go: Go;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

const progressIntervalMs = 500;

/**
 * Builds programs of one module in one go, since they share most of the work. Resolves to their paths below the
 * folder, by tool. The modules are verified by Go itself, against its checksum database.
 * @throws PlatformError `tool` with Go's own words.
 */
export async function buildWithGo(
  { tools, folder, go, signal, progress }: BuildRequest,
  { processes, clock }: { processes: Processes; clock: Clock },
): Promise<Map<ToolName, string>> {
  const [pin] = tools.values();
  if (!pin) return new Map();
  const message = `building ${[...tools.keys()].join(', ')} with go ${go.version}`;
  progress({ message: `${message}: module ${pin.module}` });
  try {
    await writeThrowAwayModule(folder, pin, { go, processes, signal });
    const packages = [...tools.values()].map((tool) => tool.package);
    const tags = pin.tags ? ['-tags', pin.tags] : [];
    const flags = ['-v', '-trimpath', ...tags, '-ldflags', linkerFlags(pin), '-o', `${join(folder, 'out')}/`];
    await processes.run(go.path, ['build', ...flags, ...packages], {
      cwd: folder,
      env: go.env,
      signal,
      onLine: createCounter(tools, message, clock, progress),
    });
  } catch (error) {
    if (!(error instanceof PlatformError) || go.offline === undefined || signal.aborted) throw error;
    throw new PlatformError('tool', `${go.offline}, and not all modules are on this machine`, {
      cause: error,
      ...(error.output !== undefined && { output: error.output }),
    });
  }
  return new Map([...tools].map(([name, { output }]) => [name, join(folder, 'out', output ?? name)]));
}

function linkerFlags({ variables }: BuildPin): string {
  return ['-s -w', ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}

// `go build -v` prints a line per package it compiles, and one per module it downloads before that.
function createCounter(
  tools: ReadonlyMap<ToolName, BuildPin>,
  message: string,
  clock: Clock,
  progress: (progress: Progress) => void,
): (line: string, stream: 'stdout' | 'stderr') => void {
  const expected = Math.max(...[...tools.values()].map(({ packages }) => packages));
  const downloading = throttle(clock, progressIntervalMs, progress);
  const compiling = throttle(clock, progressIntervalMs, progress);
  let modules = 0;
  let packages = 0;
  return (line, stream) => {
    if (stream === 'stdout') return;
    if (line.startsWith('go: ')) {
      if (line.startsWith('go: downloading ')) modules += 1;
      downloading.now({ message: `${message}: ${String(modules)} modules downloaded` });
    } else {
      packages += 1;
      compiling.now({ message, done: packages, total: Math.max(expected, packages), unit: 'packages' });
    }
  };
}
