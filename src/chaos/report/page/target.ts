import type { DrillRecord, TargetSample } from '../../record.js';
import { offsetText } from '../moments.js';
import { timePlot } from '../plot/time-plot.js';
import { figure, type Section, table } from './elements.js';
import { changes } from './changes.js';
import { faultBand } from './phases.js';

/** Pods and endpoints of what was broken. */
export function targetSection(record: DrillRecord): Section {
  const { observations, marks } = record;
  const zero = marks.faultAt ?? marks.startedAt;
  const samples = observations.target;
  const [first, last] = [samples[0], samples.at(-1)];
  const name = 'Pods and endpoints of the target';
  if (!first || !last) return { id: 'target', title: 'The target', content: '' };
  const points = (value: (sample: TargetSample) => number | undefined) =>
    samples.map((sample) => ({ at: sample.at - zero, value: value(sample) }));
  const drawing = timePlot({
    name,
    from: first.at - zero,
    to: last.at - zero,
    unit: String,
    isWhole: true,
    atLeast: 1,
    bands: faultBand(record, 'the fault lasts'),
    series: [
      { name: 'pods wanted', look: 'first', shape: 'steps', points: points(({ wanted }) => wanted) },
      { name: 'pods ready', look: 'second', shape: 'steps', points: points(({ ready }) => ready) },
      ...(samples.some(({ endpoints }) => endpoints !== undefined)
        ? [
            {
              name: 'ready endpoints',
              look: 'third' as const,
              shape: 'steps' as const,
              points: points(({ endpoints }) => endpoints),
            },
          ]
        : []),
    ],
  });
  const data = table(
    name,
    ['At', 'Pods wanted', 'Pods ready', 'Ready endpoints'],
    changes(samples, ({ wanted, ready, endpoints }) => [wanted, ready, endpoints]).map(
      ({ at, wanted, ready, endpoints }) => [
        offsetText(at - zero),
        String(wanted),
        String(ready),
        endpoints === undefined ? '' : String(endpoints),
      ],
    ),
  );
  return { id: 'target', title: 'The target', content: figure('target', name, drawing, data) };
}
