import { formatDuration } from '../../../clock.js';
import type { DrillRecord, LoadResult, LoadSlice } from '../../record.js';
import { number, percent } from '../../words.js';
import { countsText, errorRatioOf, rateOf } from '../load-numbers.js';
import { offsetText } from '../moments.js';
import { timePlot, type Series } from '../plot/time-plot.js';
import { definitions, figure, joined, list, type Section, table } from './elements.js';
import { loadBand } from './phases.js';

/** What was asked, how it was answered, and how long that took. */
export function loadSection(record: DrillRecord): Section {
  const { load, observations } = record;
  const plots = observations.load.length === 0 ? [] : [latencyFigure(record), rateFigure(record), errorFigure(record)];
  return { id: 'load', title: 'The load', content: joined(load ? resultOf(load) : '', ...plots) };
}

function resultOf(load: LoadResult): string {
  const { latency, successRatio } = load;
  const said = latency
    ? (['p50', 'p90', 'p95', 'p99'] as const).map((name) => `${name} ${formatDuration(latency[name])}`).join(', ')
    : undefined;
  return joined(
    definitions([
      ['Made by', load.isSimulated ? 'a simulation' : load.tool],
      ['Requests', number(load.requests)],
      ['Lasted', formatDuration(load.durationMs)],
      ['Answered with success', successRatio === undefined ? undefined : percent(successRatio)],
      ['Answer times', said],
      ['Answers', countsText(load.statuses) || undefined],
      ['Not answered', countsText(load.errors) || undefined],
    ]),
    list(load.problems),
  );
}

function latencyFigure(record: DrillRecord): string {
  const looks = { p50: 'third', p90: 'fourth', p95: 'second', p99: 'first' } as const;
  const series = (Object.keys(looks) as (keyof typeof looks)[]).map((name) =>
    seriesOf(record, name, looks[name], ({ latency }) => latency?.[name]),
  );
  const head = ['From', 'p50', 'p90', 'p95', 'p99'];
  const rows = rowsOf(record, ({ latency }) =>
    latency ? (['p50', 'p90', 'p95', 'p99'] as const).map((name) => formatDuration(latency[name])) : ['no answers'],
  );
  return plotted(record, {
    id: 'latency',
    title: 'Answer times',
    head,
    rows,
    series,
    unit: formatDuration,
    atLeast: 10,
  });
}

function rateFigure(record: DrillRecord): string {
  return plotted(record, {
    id: 'rate',
    title: 'Requests a second',
    head: ['From', 'Requests a second', 'Requests'],
    rows: rowsOf(record, (slice) => [number(rateOf(slice) ?? 0), number(slice.requests)]),
    series: [seriesOf(record, 'requests a second', 'first', rateOf)],
    unit: number,
    atLeast: 1,
  });
}

function errorFigure(record: DrillRecord): string {
  return plotted(record, {
    id: 'errors',
    title: 'Share of requests without a good answer',
    head: ['From', 'Share', 'Answers', 'Not answered'],
    rows: rowsOf(record, (slice) => [
      percent(errorRatioOf(slice) ?? 0),
      countsText(slice.statuses),
      countsText(slice.errors),
    ]),
    series: [seriesOf(record, 'not answered by 2xx', 'second', errorRatioOf)],
    unit: percent,
    atLeast: 0.05,
  });
}

interface Plotted {
  readonly id: string;
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly series: readonly Series[];
  readonly unit: (value: number) => string;
  readonly atLeast: number;
}

function plotted(record: DrillRecord, { id, title, head, rows, series, unit, atLeast }: Plotted): string {
  const { marks, observations } = record;
  const zero = marks.faultAt ?? marks.startedAt;
  const [first, last] = [observations.load[0], observations.load.at(-1)];
  const span = { from: (first?.from ?? zero) - zero, to: (last?.to ?? zero) - zero };
  const drawing = timePlot({ name: title, ...span, unit, atLeast, bands: loadBand(record), series });
  return figure(id, title, drawing, table(title, head, rows));
}

/** Each slice holds for as long as it lasted. */
function seriesOf(
  { observations, marks }: DrillRecord,
  name: string,
  look: Series['look'],
  value: (slice: LoadSlice) => number | undefined,
): Series {
  const zero = marks.faultAt ?? marks.startedAt;
  const points = observations.load.flatMap((slice) => [
    { at: slice.from - zero, value: value(slice) },
    { at: slice.to - zero, value: value(slice) },
  ]);
  return { name, look, shape: 'line', points };
}

function rowsOf(
  { observations, marks }: DrillRecord,
  cells: (slice: LoadSlice) => readonly string[],
): readonly (readonly string[])[] {
  const zero = marks.faultAt ?? marks.startedAt;
  return observations.load.map((slice) => [offsetText(slice.from - zero), ...cells(slice)]);
}
