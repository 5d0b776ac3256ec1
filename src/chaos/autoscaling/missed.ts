import { formatDuration } from '../../clock.js';
import type { AutoscalerSample } from '../record.js';
import { silenceAtEnd } from '../load/unanswered.js';
import { counted } from '../words.js';
import { asking, demandOf } from './demand.js';
import { dueMsOf, type Judgement, type ReachedQuestion } from './judgement.js';
import type { Trajectory } from './trajectory.js';

/** Why it never had as many replicas as it should reach: it was weak, or the load was no test of it. */
export function judgeMissed(question: ReachedQuestion): Judgement {
  const { trajectory, original, wanted, peak, prediction, load, slackMs } = question;
  const { during, began, ended } = trajectory;
  const what =
    peak > original
      ? `it stopped at ${String(peak)} of ${counted(wanted, 'replica')}`
      : `it never left ${counted(original, 'replica')}`;
  if (load.length > 0 && load.every(({ statuses }) => Object.keys(statuses).length === 0)) {
    return { weak: [], unsure: 'nothing of the load was answered, so it gave the pods no work' };
  }
  // What has gone under asks for no more replicas, and that the load ended with it is no fault of the load.
  const silence = silenceAtEnd(load);
  if (silence !== undefined) return { weak: [`${what}: in the end ${silence}`] };
  const inactive = during.flatMap(({ conditions }) =>
    conditions.filter((text) => text.startsWith('ScalingActive=False')),
  );
  const isBlind = during.length > 0 && inactive.length >= during.length;
  const allowedMs = (dueMsOf(prediction, wanted) ?? prediction.up[0]?.afterMs ?? 0) + slackMs;
  if (!isBlind && ended - began < allowedMs) {
    const lasted = `the load lasted ${formatDuration(ended - began)}`;
    return { weak: [], early: `${lasted}; ${mayTake(allowedMs, wanted)}` };
  }
  const [condition] = inactive;
  if (condition !== undefined) return { weak: [`${what}: it did not know what the pods use, ${condition}`] };
  return judgeDemand(what, question, allowedMs);
}

/** By what the pods used: whether the load asked for so many replicas, and for long enough. */
function judgeDemand(what: string, { trajectory, wanted }: ReachedQuestion, allowedMs: number): Judgement {
  const { during } = trajectory;
  if (during.every(({ target }) => target === undefined)) {
    const unsure = `${what}: it is not held to a share of processor time, and its own metrics are not sampled`;
    return { weak: [], unsure };
  }
  const known = during.filter(({ cpu }) => cpu !== undefined);
  if (known.length === 0) return { weak: [`${what}: what the pods use was never known`] };

  const newest = known.slice(-3);
  const used = usedBy(newest);
  const asked = askedOf(trajectory, wanted);
  const isEnough = newest.every((sample) => (demandOf(sample) ?? 0) <= sample.current);
  if (isEnough && (!asked.isForAll || asked.lastedMs < allowedMs)) {
    return { weak: [], small: `${what}: ${used}: the load asks for no more` };
  }
  if (asked.lastedMs < allowedMs) {
    const how = asked.isForAll ? 'the load asked for them for' : 'after its last step the load went on for';
    const early = `${what}: ${how} ${formatDuration(asked.lastedMs)}; ${mayTake(allowedMs, wanted)}`;
    return { weak: [], early };
  }
  return { weak: [`${what}: ${[used, ...limitsOf(during)].join(', ')}`] };
}

function mayTake(allowedMs: number, wanted: number): string {
  return `the autoscaler may take ${formatDuration(allowedMs)} to reach ${counted(wanted, 'replica')}`;
}

/** How long the load asked for all replicas; where it never did, for how long it went on after the last step up. */
function askedOf({ during, began, ended }: Trajectory, wanted: number) {
  const all = asking(during, wanted);
  const [first] = all;
  if (first) return { isForAll: true, lastedMs: (all.at(-1)?.at ?? ended) - first.at };
  const lastStep = during.findLast((sample, index) => sample.desired > (during[index - 1] ?? sample).desired);
  return { isForAll: false, lastedMs: ended - (lastStep?.at ?? began) };
}

function usedBy(samples: readonly AutoscalerSample[]): string {
  const [highest] = samples.toSorted((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0));
  return `the pods used ${String(highest?.cpu)} % of the processor time they request, and it is held to ${String(highest?.target)} %`;
}

/** What the last samples say that kept it. */
function limitsOf(during: readonly AutoscalerSample[]): string[] {
  const last = during.at(-1);
  const unready = last && last.ready < last.current;
  return [
    ...new Set(during.slice(-3).flatMap(({ conditions }) => conditions)),
    ...(unready ? [`${String(last.ready)} of ${counted(last.current, 'pod')} were ready`] : []),
  ];
}
