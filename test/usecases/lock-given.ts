import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { pathsFrom } from '../../src/paths.js';
import { createEventHub } from '../../src/plan/event-hub.js';
import { createInterruption, type Interruption } from '../../src/plan/interruption.js';
import type { Ports } from '../../src/ports.js';
import { systemProcesses } from '../../src/process.js';
import { createToolchain } from '../../src/toolchain/toolchain.js';
import { lockParts } from '../../src/usecases/lock-parts.js';
import { checkLock, lock, type LockResult } from '../../src/usecases/lock.js';
import type { Update } from '../../src/usecases/lock-work.js';
import { folderWith, header, library } from '../environment/fixture.js';

const { processes, clock } = { processes: systemProcesses(), clock: systemClock };
const helm = await createToolchain({ processes, clock, paths: pathsFrom(process.env), variables: process.env }).find(
  'helm',
);

/** For `beforeEach`: skips, with the reason, where there is no Helm. */
export function skipWithoutHelm(context: TestContext): void {
  context.skip(helm === undefined, 'helm is not installed: `platform tools install helm`');
}

/** A folder with an environment file, and a machine of its own to lock it on. */
export interface Workplace {
  readonly folder: string;
  readonly lockFile: string;
  /** Writes the environment file; only what follows its header. */
  write(content: string): Promise<void>;
  /** The lock file as it is. */
  text(): Promise<string>;
  lock(update?: Update, parts?: readonly string[]): Promise<LockResult>;
  check(parts?: readonly string[]): Promise<LockResult>;
}

export interface WorkplaceOptions {
  /** Of another workplace: its cache and its files; with a catalogue of its own in `catalogue/`. */
  readonly folder?: string;
  /** False: a machine where Helm is nowhere. */
  readonly hasHelm?: boolean;
  /** Another name gives a cache of its own. */
  readonly cache?: string;
  readonly interruption?: Interruption;
}

export async function workplace(options: WorkplaceOptions = {}): Promise<Workplace> {
  const { folder = await folderWith({}), hasHelm = true, cache = 'cache' } = options;
  const ports = portsIn(join(folder, cache), hasHelm, options.interruption ?? createInterruption());
  const lockFile = join(folder, 'platform.lock');
  const own = join(folder, 'catalogue');
  const file = { cwd: folder, library: existsSync(own) ? { ...library, catalogue: own } : library };
  return {
    folder,
    lockFile,
    write: (content) => writeFile(join(folder, 'platform.yaml'), `${header}${content}`),
    text: () => readFile(lockFile, 'utf8'),
    lock: async (update = [], parts) => lock({ ...file, update, parts }, await lockParts(ports), ports),
    check: async (parts) => checkLock({ ...file, parts }, await lockParts(ports), ports),
  };
}

function portsIn(cache: string, hasHelm: boolean, interruption: Interruption): Ports {
  return {
    processes: {
      // What Helm keeps for itself is this test's, too.
      run: (command, args, options) =>
        processes.run(command, args, { ...options, env: { ...options?.env, HELM_CACHE_HOME: join(cache, 'helm') } }),
    },
    clock,
    interruption,
    events: createEventHub(clock),
    paths: pathsFrom({ XDG_CACHE_HOME: cache, XDG_STATE_HOME: cache }, cache),
    variables: { HOME: cache, PATH: hasHelm && helm ? dirname(helm.path) : '' },
  };
}
