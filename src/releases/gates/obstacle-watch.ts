import type { Clock } from '../../clock.js';
import { keyOf, type Obstacle } from '../../kubernetes/diagnosis/obstacle.js';

/** Remembers since when obstacles stand in the way of something that is looked at again and again. */
export interface ObstacleWatch {
  /** Those of the last look. */
  readonly obstacles: readonly Obstacle[];
  /** Takes what a look found; answers the fatal ones that have lasted for longer than they are given. */
  note(found: readonly Obstacle[]): readonly Obstacle[];
}

export function watchObstacles(clock: Pick<Clock, 'now'>): ObstacleWatch {
  let obstacles: readonly Obstacle[] = [];
  let since: ReadonlyMap<string, number> = new Map();
  return {
    get obstacles() {
      return obstacles;
    },
    note(found) {
      const now = clock.now();
      const fatal = found.filter((obstacle) => obstacle.fatal);
      // What is not there any more is forgotten: it may come back for another reason.
      since = new Map(fatal.map((obstacle) => [keyOf(obstacle), since.get(keyOf(obstacle)) ?? now]));
      obstacles = found;
      return fatal.filter((obstacle) => now - (since.get(keyOf(obstacle)) ?? now) >= obstacle.patienceMs);
    },
  };
}

/** The obstacle to name where there is room for one: a fatal one, if there is any. */
export function foremost(obstacles: readonly Obstacle[]): Obstacle | undefined {
  return obstacles.find(({ fatal }) => fatal) ?? obstacles[0];
}
