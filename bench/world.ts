import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { asset } from '../src/paths.js';
import type { UpResult } from '../src/usecases/up.js';
import { measure } from './process.js';

export interface Command {
  readonly command: readonly string[];
  readonly options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };
}

/** A home of its own for one environment; the caches are the user's. */
export interface World {
  readonly folder: string;
  /** The environment variables of the programs in it. */
  readonly env: NodeJS.ProcessEnv;
  /** `platform` with arguments, as a process. */
  readonly platform: (...args: string[]) => Command;
}

/** Measures in a world of an environment file, whose environment `bench` is destroyed again. */
export async function inWorld<T>(
  file: string,
  work: (world: World) => Promise<T>,
  provider: 'embedded' | 'kind' = 'embedded',
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'platform-bench-'));
  const env = {
    ...process.env,
    HOME: folder,
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_DATA_HOME: join(folder, 'data'),
    KUBECONFIG: join(folder, 'kubeconfig'),
    PLATFORM_PROVIDER: provider,
  };
  const platform = (...args: string[]): Command => ({
    command: [process.execPath, asset('bin/run.js'), ...args],
    options: { cwd: folder, env },
  });
  await writeFile(join(folder, 'platform.yaml'), file);
  try {
    return await work({ folder, env, platform });
  } finally {
    const { command, options } = platform('destroy', '--confirm', 'bench');
    await measure(command, options);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The result of `up --json`. */
export function upResult(stdout: string): UpResult {
  return (JSON.parse(stdout) as { result: UpResult }).result;
}
