import { courseOf, type Effect } from './effect.js';
import { nameOf, saysThatOthersAreWell } from './others.js';
import type { Replay } from './replay.js';
import type { Trial } from './trial-file.js';

/** What a rule is tried on: as it is, with the fault, and with the fault when others suffer from it as well. */
export function trialsOf({ scene }: Replay, effect: Effect): readonly Trial[] {
  const without: Trial = { name: 'without', courseOf: () => undefined };
  const fault: Trial = { name: 'fault', courseOf: ({ labels }) => courseOf(effect, labels) };
  const others: Trial = {
    name: 'others',
    courseOf: (series) =>
      saysThatOthersAreWell(series, effect) ? { type: 'value', value: 0 } : courseOf(effect, series.labels),
  };
  return suffering({ scene }, effect).length === 0 ? [without, fault] : [without, fault, others];
}

/** Metrics by which others say that they are well. */
export function suffering({ scene }: Pick<Replay, 'scene'>, effect: Effect): readonly string[] {
  return [...new Set(scene.series.filter((series) => saysThatOthersAreWell(series, effect)).map(nameOf))];
}
