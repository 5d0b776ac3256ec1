import type { Clock } from '../../clock.js';
import type { Obstacle } from '../../kubernetes/diagnosis/obstacle.js';
import type { StepContext } from '../../plan/step.js';

/** Says what is waited for, and the foremost obstacle, when one of them changes; counts the time from the change. */
export type SayAwaited = (awaited: string, obstacle?: Obstacle) => void;

/** Silent while nothing changes, however often it is called: how long it has been is for who shows it to count. */
export function sayAwaited({ progress }: Pick<StepContext, 'progress'>, clock: Pick<Clock, 'now'>): SayAwaited {
  let said = '';
  let since = clock.now();
  let subject = '';
  return (awaited, obstacle) => {
    const message = obstacle ? `${awaited} (${obstacle.object}: ${obstacle.reason})` : awaited;
    if (message === said) return;
    if (awaited !== subject) since = clock.now();
    subject = awaited;
    said = message;
    progress({ message, since });
  };
}
