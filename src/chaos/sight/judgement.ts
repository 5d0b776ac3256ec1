import { formatDuration } from '../../clock.js';
import { courseOf, type Course, type Effect } from './effect.js';
import { nameOf, unforeseen } from './others.js';
import type { TrialAlerts } from './promtool.js';
import type { Replay } from './replay.js';
import type { AlertingRule } from './rule.js';
import { suffering } from './trials.js';

/** Whether a rule can see a fault. */
export interface Sight {
  readonly alert: string;
  /** `fires-anyway`: also without the fault, so that its alert proves nothing. */
  readonly verdict: 'sees' | 'blind' | 'fires-anyway' | 'unknown';
  /**
   * Milliseconds after the first measurement that knows of the fault, the rule's `for` included; in the steps of the
   * trial, which are longer than the group's interval where a rule looks back far.
   */
  readonly firesAfterMs?: number;
  /** It sees the fault only if these metrics, which others measure, really become 0. */
  readonly onlyIf?: readonly string[];
  /** A lowercase clause: `both sides become 0`. */
  readonly reason: string;
  /** On how many series it was tried. */
  readonly series: number;
}

/**
 * What the trials of a rule say; pure.
 * @param shape why its shape cannot see the fault, where that is known
 */
export function judged(
  rule: AlertingRule,
  effect: Effect,
  replay: Replay,
  trials: ReadonlyMap<string, TrialAlerts>,
  shape: string | undefined,
): Pick<Sight, 'verdict' | 'firesAfterMs' | 'onlyIf' | 'reason'> {
  const without = trials.get('without');
  const firstBecauseOf = (trial: string, state: 'pending' | 'firing'): number | undefined => {
    const alerts = [...(trials.get(trial)?.[state] ?? [])].filter(([labels]) => !without?.[state].has(labels));
    return alerts.length === 0 ? undefined : Math.max(0, Math.min(...alerts.map(([, afterMs]) => afterMs)));
  };
  const fires = firstBecauseOf('fault', 'firing');
  if (fires !== undefined) {
    const reason = `it fires ${formatDuration(fires)} after the first measurement of the fault`;
    return { verdict: 'sees', firesAfterMs: fires, reason: reason + narrowed(replay) };
  }
  if ((without?.firing.size ?? 0) > 0 || rule.state === 'firing') {
    return { verdict: 'fires-anyway', reason: 'it fires without the fault, too' };
  }
  const onlyIf = suffering(replay, effect);
  const firesThen = firstBecauseOf('others', 'firing');
  if (firesThen !== undefined) {
    const reason = `it fires only if ${onlyIf.join(' and ')} really ${onlyIf.length === 1 ? 'becomes' : 'become'} 0`;
    return { verdict: 'sees', firesAfterMs: firesThen, onlyIf, reason: reason + narrowed(replay) };
  }
  const unknown = unforeseen(replay.selected, effect);
  if (unknown.length > 0) {
    return { verdict: 'unknown', reason: `what the fault does to ${unknown.join(', ')} is not known beforehand` };
  }
  if (firstBecauseOf('fault', 'pending') !== undefined) {
    const reason = `it gets pending, but the fault is over before it has lasted ${formatDuration(rule.forMs)}`;
    return { verdict: 'blind', reason: reason + narrowed(replay) };
  }
  return { verdict: 'blind', reason: (shape ?? stays(effect, replay)) + narrowed(replay) };
}

/** What the fault does to what a rule reads, where that is not enough for it. */
function stays(effect: Effect, { scene }: Replay): string {
  const changes = scene.series.flatMap((series) => {
    const course = courseOf(effect, series.labels);
    return course ? `${nameOf(series)} ${wordsFor(course)}` : [];
  });
  const told = [...new Set(changes)];
  return `its expression gives nothing although ${told.join(' and ')}`;
}

function wordsFor(course: Course): string {
  if (course.type === 'value') return `becomes ${String(course.value)}`;
  return course.type === 'gone' ? 'disappears' : 'changes for a moment';
}

function narrowed({ selected }: Replay): string {
  const narrow = selected.filter(({ onlyNamespace }) => onlyNamespace !== undefined);
  const [first] = narrow;
  if (first?.onlyNamespace === undefined) return '';
  const names = [...new Set(narrow.map(({ selector }) => selector.metric ?? selector.text))];
  return ` (of ${names.join(', ')} only the series of the namespace ${first.onlyNamespace} were tried)`;
}
