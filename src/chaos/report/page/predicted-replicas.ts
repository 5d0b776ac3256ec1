import type { DrillRecord, Marks, PredictedScaling } from '../../record.js';
import { offsetText } from '../moments.js';
import type { Point } from '../plot/time-plot.js';
import { table } from './elements.js';

/** The predicted number of replicas over time, until a moment after the fault. */
export function predictedPoints(scaling: PredictedScaling, marks: Marks, to: number): Point[] {
  const steps = predictedSteps(scaling, marks).filter(({ at }) => at <= to);
  return [...steps, { at: to, value: steps.at(-1)?.value }];
}

/** The same as numbers; nothing where nothing was predicted. */
export function predictedTable({ prediction, marks }: DrillRecord): string {
  if (!prediction.scaling) return '';
  const steps = predictedSteps(prediction.scaling, marks);
  return table(
    'Replicas, as they were predicted',
    ['At', 'Replicas'],
    steps.map(({ at, value }) => [offsetText(at), String(value)]),
  );
}

/** Up from the beginning of the load, and down from its end. */
function predictedSteps({ original, up, down }: PredictedScaling, { faultAt, loadEndedAt }: Marks): Point[] {
  const endedAt = faultAt === undefined || loadEndedAt === undefined ? undefined : loadEndedAt - faultAt;
  const upwards = up.filter(({ afterMs }) => endedAt === undefined || afterMs <= endedAt);
  const downwards = endedAt === undefined ? [] : down.map((step) => ({ ...step, afterMs: endedAt + step.afterMs }));
  return [
    { at: 0, value: original },
    ...[...upwards, ...downwards].map(({ afterMs, replicas }) => ({ at: afterMs, value: replicas })),
  ];
}
