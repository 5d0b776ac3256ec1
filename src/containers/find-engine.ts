import { formatDuration } from '../clock.js';
import { PlatformError } from '../errors.js';
import type { Processes } from '../process.js';
import { unlessAborted } from '../unless-aborted.js';
import { commandEngine } from './command-engine.js';
import type { Engine, EngineName } from './engine.js';
import { startEngine } from './engine-explanations.js';
import { explainEngineFailure } from './engine-failures.js';
import { readEngineInfo, type RunningEngine } from './read-engine-info.js';

/** Which container engine this machine has: `absent` without a client, `silent` without an engine behind one. */
export type EngineState =
  | RunningEngine
  | { readonly status: 'silent'; readonly name: EngineName; readonly reason: string }
  | { readonly status: 'absent' };

/** An engine that is starting up or hung lets its client wait for ever; together they stay within the doctor's budget. */
const patience: Readonly<Record<EngineName, number>> = { docker: 4000, podman: 1500 };

/**
 * Docker, or Podman where Docker is absent or silent.
 * @param answerWithinMs how long each may take to answer
 */
export async function findEngine(
  processes: Processes,
  signal?: AbortSignal,
  answerWithinMs: Readonly<Record<EngineName, number>> = patience,
): Promise<EngineState> {
  const docker = await ask('docker', processes, signal, answerWithinMs.docker);
  if (docker.status === 'running') return docker;
  const podman = await ask('podman', processes, signal, answerWithinMs.podman);
  return podman.status === 'running' || docker.status === 'absent' ? podman : docker;
}

/** The engine of this machine, looked for at the first call and never again. */
export function engineOf(processes: Processes): Engine {
  let found: ReturnType<Engine> | undefined;
  return () => (found ??= takeEngine(processes));
}

async function takeEngine(processes: Processes) {
  const state = await findEngine(processes);
  if (state.status === 'running') return commandEngine(state.name, processes);
  throw missingEngine(state);
}

/** Why there is no engine to work with, and what to do about it. */
export function missingEngine(state: Exclude<EngineState, RunningEngine>): PlatformError {
  if (state.status === 'absent') {
    return new PlatformError('prerequisite', 'there is no container engine: neither docker nor podman is on PATH', {
      suggestions: [
        'install Docker (https://docs.docker.com/engine/install)',
        'or set local.provider: embedded, which needs none and only simulates pods',
      ],
    });
  }
  const { name, reason } = state;
  const failure = new PlatformError('tool', reason, { command: `${name} info`, output: reason });
  const explained = explainEngineFailure(failure, { engine: name, what: 'answer' }, reason);
  if (explained.code === 'prerequisite') return explained;
  return new PlatformError('prerequisite', `${name} does not answer: ${reason}`, {
    suggestions: [startEngine[name]],
    command: `${name} info`,
  });
}

async function ask(
  name: EngineName,
  processes: Processes,
  signal: AbortSignal | undefined,
  answerWithinMs: number,
): Promise<EngineState> {
  const silence = AbortSignal.timeout(answerWithinMs);
  const waiting = signal ? AbortSignal.any([signal, silence]) : silence;
  try {
    const answer = processes.run(name, ['info', '--format', '{{json .}}'], { signal: waiting, allowFailure: true });
    const { stdout, stderr } = await unlessAborted(answer, waiting);
    const found = readEngineInfo(stdout, stderr);
    return 'reason' in found ? { status: 'silent', name, reason: found.reason } : found;
  } catch (error) {
    signal?.throwIfAborted();
    if (silence.aborted) {
      return { status: 'silent', name, reason: `it says nothing for ${formatDuration(answerWithinMs)}` };
    }
    if (error instanceof PlatformError && error.code === 'prerequisite') return { status: 'absent' };
    throw error;
  }
}
