import type { Clock } from '../../clock.js';
import type { Release } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import type { ClusterClient } from '../../kubernetes/client.js';
import { lastWords } from '../../kubernetes/diagnosis/last-words.js';
import { keyOf, type Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import type { StepContext } from '../../plan/step.js';
import { poll } from '../../poll.js';
import { sayAwaited, type SayAwaited } from '../gates/awaited.js';
import { hookFailure } from './hook-failure.js';
import { hookState, type HookState } from './hook-state.js';
import { describeHook, executedHooks, newestOperation, type HelmOperation, type Hook } from './hooks.js';
import { foremost, watchObstacles, type ObstacleWatch } from '../gates/obstacle-watch.js';

const lookIntervalMs = 1_000;

export interface HookWatchOptions {
  readonly client: ClusterClient;
  readonly release: Pick<Release, 'name' | 'namespace'>;
  readonly clock: Clock;
}

/**
 * Runs a Helm operation and watches the hooks of its release beside it: Helm only sees whether a hook has ended, so it
 * waits its whole time for one that cannot even start. When a hook has failed, or cannot run for a lasting reason, the
 * signal that `install` is given aborts, once; Helm then marks the release as failed.
 * @throws PlatformError `tool` with hook, reason and last log lines; `timeout` for a hook that Helm stopped waiting for;
 * anything else that `install` throws
 */
export async function withHookWatch(
  install: (signal: AbortSignal) => Promise<void>,
  options: HookWatchOptions,
  context: StepContext,
): Promise<void> {
  const over = new AbortController();
  const broken = new AbortController();
  const watch = new HookWatch(options, sayAwaited(context, options.clock));
  const watching = watch.run(AbortSignal.any([context.signal, over.signal])).then((failure) => {
    if (failure) broken.abort(failure);
  });
  const failed = await install(AbortSignal.any([context.signal, broken.signal])).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  over.abort();
  await watching;
  if (!failed) return;
  const { error } = failed;
  throw withCommand(broken.signal.aborted ? broken.signal.reason : await watch.explain(error), error);
}

class HookWatch {
  private operation: HelmOperation | undefined;
  private readonly watches = new Map<Hook, ObstacleWatch>();
  /** Logs go with their pods, which Helm may delete the moment their hook has failed. */
  private readonly heard = new Map<string, readonly string[]>();

  constructor(
    private readonly options: HookWatchOptions,
    private readonly say: SayAwaited,
  ) {}

  /** Resolves with the first hook's failure, or with nothing when there is none to wait for or the signal aborts. */
  async run(signal: AbortSignal): Promise<PlatformError | undefined> {
    try {
      return await poll(signal, this.options.clock, lookIntervalMs, () => this.tryToLook(signal));
    } catch {
      // It was told to end.
      return undefined;
    }
  }

  /** What Helm's own failure is about, where it is about a hook. */
  async explain(error: unknown): Promise<PlatformError | undefined> {
    if (!(error instanceof PlatformError) || error.code !== 'tool') return undefined;
    const words = error.output ?? '';
    try {
      const { client, release } = this.options;
      const operation = this.operation ?? (await newestOperation(client, release, () => true));
      const hook = operation?.hooks.find(({ kind, namespace, name }) =>
        words.includes(`${kind}/${namespace}/${name} not ready`),
      );
      return operation && hook && (await this.failureAfterwards(hook, operation, words));
    } catch {
      // Helm's words are better than those of a look that failed.
      return undefined;
    }
  }

  // Whatever a look fails at, such as an API server that is away, must not fail what it is there to help.
  private async tryToLook(signal: AbortSignal): Promise<PlatformError | undefined> {
    try {
      return await this.look(signal);
    } catch {
      return undefined;
    }
  }

  private async look(signal: AbortSignal): Promise<PlatformError | undefined> {
    const { client, release } = this.options;
    this.operation ??= await newestOperation(client, release, (status) => status.startsWith('pending-'), signal);
    if (!this.operation) return undefined;
    for (const { hook, event } of executedHooks(this.operation)) {
      const state = await hookState(client, hook, signal);
      // What an earlier operation left is deleted by Helm, or else judged by it.
      if (!('createdAt' in state) || Date.parse(state.createdAt) < Date.parse(this.operation.startedAt)) continue;
      const failure = await this.judge(hook, event, state, signal);
      if (failure) return failure;
    }
    return undefined;
  }

  private async judge(
    hook: Hook,
    event: string,
    state: Extract<HookState, { createdAt: string }>,
    signal: AbortSignal,
  ): Promise<PlatformError | undefined> {
    const release = this.options.release.name;
    const obstacles = this.known(hook, state);
    const words = await this.hear(obstacles, signal);
    const about = { release, hook, event, code: 'tool', obstacles, words } as const;
    if (state.status === 'failed') return hookFailure({ ...state, ...about, how: 'failed' });
    const watch = this.watches.get(hook) ?? watchObstacles(this.options.clock);
    this.watches.set(hook, watch);
    const lasting = watch.note(state.obstacles);
    this.say(`the ${event} hook ${describeHook(hook)}`, foremost(state.obstacles));
    const [first] = lasting;
    if (!first) return undefined;
    const { reason, message } = first;
    return hookFailure({ ...about, how: 'cannot run', reason, message, obstacles: lasting });
  }

  private async failureAfterwards(hook: Hook, operation: HelmOperation, output: string): Promise<PlatformError> {
    const { client, release } = this.options;
    const event = hook.events.find((candidate) => output.includes(candidate)) ?? hook.events[0] ?? '';
    const state = await hookState(client, hook);
    const obstacles = this.known(hook, state);
    const about = { release: release.name, hook, event, obstacles, words: await this.hear(obstacles) };
    if (!output.includes('status: Failed')) {
      const words = state.status === 'running' ? await lastWords(client, state.containers) : about.words;
      return hookFailure({ ...about, words, code: 'timeout', how: 'did not end within the time that Helm gives it' });
    }
    const { reason, message } = state.status === 'failed' ? state : { reason: undefined, message: undefined };
    const told = { ...(reason && { reason }), ...(message && { message }) };
    const isLeft = 'createdAt' in state && Date.parse(state.createdAt) < Date.parse(operation.startedAt);
    return hookFailure({ ...about, ...told, code: 'tool', how: 'failed', isLeft });
  }

  // A hook that has failed may be gone, or its pods.
  private known(hook: Hook, state: HookState): readonly Obstacle[] {
    const now = 'obstacles' in state ? state.obstacles : [];
    return now.length > 0 || state.status === 'running' ? now : (this.watches.get(hook)?.obstacles ?? []);
  }

  private async hear(obstacles: readonly Obstacle[], signal?: AbortSignal): Promise<readonly string[]> {
    const newest = obstacles.find(({ container }) => container !== undefined);
    if (!newest?.container) return [];
    // A run of a container that was listened to has nothing new to say.
    const run = `${keyOf(newest)} ${newest.message}`;
    const words = this.heard.get(run) ?? (await lastWords(this.options.client, [newest.container], signal));
    this.heard.set(run, words);
    return words;
  }
}

/** What there is to say instead of Helm's own error, with the command that can be pasted. */
function withCommand(failure: unknown, error: unknown): unknown {
  if (!(failure instanceof PlatformError)) return error;
  const { code, message, suggestions, output, facts } = failure;
  const command = error instanceof PlatformError ? error.command : undefined;
  return new PlatformError(code, message, {
    suggestions,
    ...(output !== undefined && { output }),
    ...(facts && { facts }),
    ...(command !== undefined && { command }),
  });
}
