import { PlatformError } from '../../errors.js';
import type { EngineName } from '../../containers/engine.js';
import type { Processes, ProcessResult } from '../../process.js';
import type { Toolchain } from '../../toolchain/toolchain.js';

export interface KindCall {
  readonly args: readonly string[];
  readonly engine: EngineName;
  readonly signal: AbortSignal;
  readonly stdin?: string;
  readonly onLine?: (line: string) => void;
}

/** kind's program of the toolchain. */
export interface KindProgram {
  /** @throws PlatformError `prerequisite` where it is not installed, `tool` when it fails */
  run(call: KindCall): Promise<ProcessResult>;
}

export function kindProgram(toolchain: Pick<Toolchain, 'find'>, processes: Processes): KindProgram {
  return {
    async run({ args, engine, signal, stdin, onLine }) {
      const tool = await toolchain.find('kind');
      if (!tool) {
        throw new PlatformError('prerequisite', 'kind is not installed', {
          suggestions: ['run `platform tools install kind`'],
        });
      }
      return processes.run(tool.path, args, {
        env: {
          // Where both engines are, kind would take Docker's word.
          KIND_EXPERIMENTAL_PROVIDER: engine,
          // The nodes would be where nothing of ours looks for them.
          KIND_EXPERIMENTAL_DOCKER_NETWORK: undefined,
          KIND_EXPERIMENTAL_PODMAN_NETWORK: undefined,
          KIND_CLUSTER_NAME: undefined,
        },
        signal,
        ...(stdin !== undefined && { stdin }),
        ...(onLine && { onLine }),
      });
    },
  };
}

/** What kind is doing, from a line of its progress; `undefined` for any other line. */
export function kindProgress(line: string): string | undefined {
  const [, said] = /^\s*•\s+(.*?)\s*\.\.\.\s*$/u.exec(line) ?? [];
  const words = said?.replace(/[\p{Extended_Pictographic}\u{FE0F}]/gu, '').trim();
  return words === undefined || words === '' ? undefined : words.charAt(0).toLowerCase() + words.slice(1);
}
