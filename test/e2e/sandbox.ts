import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { constants, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.js';
import type { Failure } from '../../src/errors.js';
import { asset, pathsFrom, type Paths } from '../../src/paths.js';
import { systemProcesses } from '../../src/process.js';

export interface RunOptions {
  /** Default: the sandbox's `work` folder. */
  readonly cwd?: string;
  /** Added to the sandbox's variables; `undefined` removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard input; without it the program reads end of file. */
  readonly input?: string;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** 128 + n where a signal ended the program. */
  readonly exitCode: number;
}

/** The document of a command run with `--json`. */
export interface JsonDocument<T> extends Finished {
  readonly ok: boolean;
  /** Also of a run that failed, where there is one. */
  readonly result: T;
  readonly error: Failure | undefined;
}

/** A run of the program that has not ended yet. */
export interface Running {
  readonly pid: number;
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  readonly finished: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when its output has this; rejects when it ends before. */
  shows(pattern: RegExp): Promise<void>;
}

/** `bin/run.js` as a process of its own. */
export interface Platform {
  (args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** With `--json`, and its document. */
  json<T>(args: readonly string[], options?: RunOptions): Promise<JsonDocument<T>>;
}

/** A world of its own for one test file: home, state and kubeconfig; only the caches are the user's. */
export interface Sandbox {
  readonly folder: string;
  /** An empty working directory. */
  readonly work: string;
  readonly paths: Paths;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly platform: Platform;
  start(args: readonly string[], options?: RunOptions): Running;
  /** Destroys every environment made here; throws when anything of it is left. */
  dispose(): Promise<void>;
}

/** @param options.engine whether the machine's container engine can be seen in it; the tests without are to be the same everywhere */
export async function createSandbox({ engine = false } = {}): Promise<Sandbox> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'platform-e2e-'));
  const home = join(folder, 'home');
  const work = join(folder, 'work');
  await Promise.all([mkdir(home), mkdir(work)]);
  const variables = { ...variablesOf(folder, home), ...(!engine && withoutEngine) };
  const paths = pathsFrom(variables, home);
  const running = new Set<Running>();

  const start = (args: readonly string[], options: RunOptions = {}): Running => {
    const run = startProgram(args, { cwd: work, ...options, env: { ...variables, ...options.env } });
    running.add(run);
    const ended = () => running.delete(run);
    run.finished.then(ended, ended);
    return run;
  };
  const platform = Object.assign((args: readonly string[], options?: RunOptions) => start(args, options).finished, {
    async json<T>(args: readonly string[], options?: RunOptions): Promise<JsonDocument<T>> {
      const finished = await start([...args, '--json'], options).finished;
      const document = parse(finished) as Omit<JsonDocument<T>, keyof Finished>;
      return { ...finished, ...document };
    },
  });

  return {
    folder,
    work,
    paths,
    variables,
    platform,
    start,
    async dispose() {
      for (const run of running) run.kill('SIGKILL');
      const problems: string[] = [];
      for (const name of await environmentsIn(paths.state)) {
        const { exitCode, stdout, stderr } = await platform(['destroy', '--confirm', name]);
        if (exitCode !== 0) problems.push(`destroy of ${name} ended with ${String(exitCode)}\n${stdout}\n${stderr}`);
      }
      problems.push(...(await environmentsIn(paths.state)).map((name) => `folder ${join(paths.state, name)}`));
      const left = await processesOf(folder);
      problems.push(...left.map(({ pid, command }) => `process ${String(pid)} ${command}`));
      // The next test file shall not suffer from this one.
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      if (problems.length > 0) throw new Error(`left behind by ${folder}:\n${problems.join('\n')}`);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const withoutEngine = {
  DOCKER_HOST: 'unix:///nonexistent/engine.sock',
  CONTAINER_HOST: 'unix:///nonexistent/engine.sock',
};

// What decides where things are, is this world's; proxies, PATH and the like stay the machine's.
function variablesOf(folder: string, home: string): Record<string, string | undefined> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const own = /^(PLATFORM_|XDG_|KUBECONFIG$|HELM_|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|NODE_ENV$|VITEST|TEST$)/;
  const others = Object.entries(process.env).filter(([name]) => !own.test(name));
  return {
    GOPATH: join(homedir(), 'go'),
    GOENV: join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'go', 'env'),
    ...Object.fromEntries(others),
    HOME: home,
    LC_ALL: 'C.UTF-8',
    XDG_CACHE_HOME: cache,
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    KUBECONFIG: join(home, '.kube', 'config'),
  };
}

function startProgram(args: readonly string[], { cwd, env, input }: RunOptions): Running {
  const child = spawn(process.execPath, [asset('bin', 'run.js'), ...args], {
    cwd,
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (output[name] += text));
  }
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ ...output, exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) });
    });
  });
  return {
    pid: child.pid ?? 0,
    output,
    finished,
    kill: (signal) => child.kill(signal),
    async shows(pattern) {
      let ended: Finished | undefined;
      finished.then(
        (result) => (ended = result),
        () => undefined,
      );
      while (!pattern.test(output.stdout) && !pattern.test(output.stderr)) {
        if (ended) throw new Error(`it ended without showing ${String(pattern)}\n${output.stdout}\n${output.stderr}`);
        await systemClock.sleep(10);
      }
    },
  };
}

function parse({ stdout, stderr, exitCode }: Finished): unknown {
  try {
    return JSON.parse(stdout);
  } catch (error) {
    throw new Error(`no JSON document (exit code ${String(exitCode)})\n${stdout}\n${stderr}`, { cause: error });
  }
}

async function environmentsIn(state: string): Promise<string[]> {
  if (!existsSync(state)) return [];
  const entries = await readdir(state, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Processes that have the folder on their command line; they get a moment to end. */
async function processesOf(folder: string): Promise<{ readonly pid: number; readonly command: string }[]> {
  for (let attempts = 150; ; attempts -= 1) {
    const { stdout } = await systemProcesses().run('ps', ['-ww', '-eo', 'pid=,args=']);
    const found = stdout
      .split('\n')
      .filter((line) => line.includes(folder))
      .map((line) => ({ pid: Number.parseInt(line, 10), command: line.trim().replace(/^\d+\s+/, '') }));
    if (found.length === 0 || attempts === 0) return found;
    await systemClock.sleep(100);
  }
}
