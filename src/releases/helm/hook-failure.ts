import { PlatformError, type ErrorCode } from '../../errors.js';
import { describeObstacle, type Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import { describeHook, type Hook } from './hooks.js';

/** A Job that is tried again and again leaves a pod of each time. */
const obstaclesNamed = 3;

export interface BrokenHook {
  readonly release: string;
  readonly hook: Hook;
  /** What it is run for: `pre-install`. */
  readonly event: string;
  readonly how: 'failed' | 'cannot run' | 'did not end within the time that Helm gives it';
  readonly code: ErrorCode;
  /** Kubernetes' own words for it, where there are any. */
  readonly reason?: string;
  readonly message?: string;
  readonly obstacles: readonly Obstacle[];
  /** Ends of the logs of its containers, as lines for people. */
  readonly words: readonly string[];
  /** It was left by an earlier operation. */
  readonly isLeft?: boolean;
}

/** The error for a hook that keeps a release from being installed. */
export function hookFailure(broken: BrokenHook): PlatformError {
  const { release, hook, event, how, code, reason, message, words } = broken;
  const obstacles = broken.obstacles.slice(0, obstaclesNamed);
  const object = describeHook(hook);
  const told = [reason, message].filter(Boolean).join(': ');
  const lines = obstacles.map(describeObstacle);
  // What keeps it from running is one of the obstacles.
  if (told && how === 'failed') lines.unshift(`${object} in ${hook.namespace}: ${told}`);
  const suggestions = [...obstacles.flatMap(({ suggestion }) => suggestion ?? []), ...suggestionsFor(broken)];
  return new PlatformError(code, `the ${event} hook ${object} of ${release} ${how}${reason ? `: ${reason}` : ''}`, {
    output: [...lines, ...words].join('\n'),
    suggestions: [...new Set(suggestions)],
    facts: { release, hook: object, namespace: hook.namespace, event, reason, message, obstacles },
  });
}

function suggestionsFor({ hook, how, reason, obstacles, isLeft }: BrokenHook): string[] {
  const object = describeHook(hook);
  if (isLeft) {
    const why = 'an earlier operation left it there, and its chart has Helm keep it';
    return [`delete ${object} in namespace ${hook.namespace}: ${why}`];
  }
  if (reason === 'DeadlineExceeded') {
    return [`see what ${object} was waiting for, or give it more time (\`activeDeadlineSeconds\`)`];
  }
  if (how !== 'failed' || obstacles.some(({ suggestion }) => suggestion !== undefined)) return [];
  return [`correct what ${object} fails at and run the command again: Helm makes it anew`];
}
