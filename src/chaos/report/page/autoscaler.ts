import { formatDuration } from '../../../clock.js';
import type { AutoscalerSample, DrillRecord } from '../../record.js';
import { pathWords } from '../../words.js';
import { offsetText } from '../moments.js';
import { timePlot, type Series } from '../plot/time-plot.js';
import { definitions, figure, joined, list, paragraph, type Section, table } from './elements.js';
import { changes } from './changes.js';
import { loadBand } from './phases.js';
import { predictedPoints, predictedTable } from './predicted-replicas.js';

const names = { replicas: 'Replicas', cpu: 'Processor time of the pods, in percent of what they request' } as const;

/** How many replicas there were, against what was predicted from the autoscaler's own settings. */
export function autoscalerSection(record: DrillRecord): Section {
  const { scaling, observations, prediction, marks } = record;
  const zero = marks.faultAt ?? marks.startedAt;
  const samples = observations.autoscaler;
  const content = joined(
    scaling ? resultOf(scaling) : '',
    samples.length === 0
      ? ''
      : joined(
          figure(
            'replicas',
            names.replicas,
            replicasPlot(record, zero),
            joined(replicaTable(samples, zero), predictedTable(record)),
          ),
          samples.some(({ cpu }) => cpu !== undefined)
            ? figure('cpu', names.cpu, cpuPlot(record, zero), cpuTable(samples, zero))
            : '',
          prediction.scaling ? paragraph(`Predicted from: ${prediction.scaling.because}.`) : '',
        ),
  );
  return { id: 'autoscaler', title: 'The autoscaler', content };
}

function resultOf(scaling: NonNullable<DrillRecord['scaling']>): string {
  const duration = (ms: number | undefined) => (ms === undefined ? undefined : formatDuration(ms));
  return joined(
    definitions([
      ['Replicas', pathWords(scaling.path)],
      ['Wanted', `${String(scaling.wanted)} of ${String(scaling.maximum)} at most`],
      ['First step after', duration(scaling.firstStepMs)],
      ['Reached after', duration(scaling.reachedMs)],
      ['Back after the load', duration(scaling.returnedMs)],
    ]),
    list(scaling.problems),
  );
}

function spanOf(record: DrillRecord, zero: number) {
  const samples = record.observations.autoscaler;
  return { from: (samples[0]?.at ?? zero) - zero, to: (samples.at(-1)?.at ?? zero) - zero };
}

function replicasPlot(record: DrillRecord, zero: number): string {
  const { observations, scaling, prediction, marks } = record;
  const span = spanOf(record, zero);
  const series = (name: string, look: Series['look'], value: (sample: AutoscalerSample) => number): Series => ({
    name,
    look,
    shape: 'steps',
    points: observations.autoscaler.map((sample) => ({ at: sample.at - zero, value: value(sample) })),
  });
  return timePlot({
    name: names.replicas,
    ...span,
    unit: String,
    isWhole: true,
    atLeast: Math.max(1, scaling?.maximum ?? 1),
    bands: loadBand(record),
    series: [
      series('desired', 'first', ({ desired }) => desired),
      series('current', 'second', ({ current }) => current),
      series('ready', 'third', ({ ready }) => ready),
      ...(prediction.scaling
        ? [
            {
              name: 'predicted',
              look: 'predicted' as const,
              shape: 'steps' as const,
              points: predictedPoints(prediction.scaling, marks, span.to),
            },
          ]
        : []),
    ],
  });
}

function cpuPlot(record: DrillRecord, zero: number): string {
  const samples = record.observations.autoscaler;
  const points = (value: (sample: AutoscalerSample) => number | undefined) =>
    samples.map((sample) => ({ at: sample.at - zero, value: value(sample) }));
  return timePlot({
    name: names.cpu,
    ...spanOf(record, zero),
    unit: (value) => `${String(value)}%`,
    atLeast: 100,
    bands: loadBand(record),
    series: [
      { name: 'processor time', look: 'first', shape: 'steps', points: points(({ cpu }) => cpu) },
      { name: 'what it is held to', look: 'limit', shape: 'steps', points: points(({ target }) => target) },
    ],
  });
}

function replicaTable(samples: readonly AutoscalerSample[], zero: number): string {
  return table(
    'Replicas, until they changed',
    ['At', 'Desired', 'Current', 'Ready', 'Conditions'],
    changes(samples, ({ desired, current, ready, conditions }) => [desired, current, ready, conditions]).map(
      ({ at, desired, current, ready, conditions }) => [
        offsetText(at - zero),
        ...[desired, current, ready].map(String),
        conditions.join(', '),
      ],
    ),
  );
}

function cpuTable(samples: readonly AutoscalerSample[], zero: number): string {
  const percent = (value: number | undefined) => (value === undefined ? 'not known' : `${String(value)}%`);
  return table(
    'Processor time, until it changed',
    ['At', 'Processor time', 'Held to'],
    changes(samples, ({ cpu, target }) => [cpu, target]).map(({ at, cpu, target }) => [
      offsetText(at - zero),
      percent(cpu),
      percent(target),
    ]),
  );
}
