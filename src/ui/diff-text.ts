import type { FieldDifference, ObjectDifference } from '../releases/drift/object-difference.js';
import type { ReleaseDiff } from '../releases/drift/release-diff.js';
import type { DiffResult } from '../usecases/diff.js';
import { noticeLine } from './notice.js';
import type { Style } from './style.js';
import { displayWidth, oneLine, truncate, wrap } from './width.js';

/** What a reader's terminal has at least. */
const columns = 80;

/** What differs, releases object by object and field by field; the others are only counted. */
export function diffText(result: DiffResult, style: Style): string {
  const { environment, provider, simulation, releases, surroundings, drills } = result;
  const { paint } = style;
  const title = `${paint('bold', environment)} on ${provider}${simulation === undefined ? '' : `: ${simulation}`}`;
  const around = surroundings.map(({ name, status, reason }) => heading(name, status, reason, style));
  const differing = releases.filter(({ status }) => status !== 'unchanged' && status !== 'omitted');
  const sections = [...around, ...differing.map((release) => section(release, style))];
  // Where each is a line of its own, as when everything is new, they are a list.
  const list = sections.join(sections.some((text) => text.includes('\n')) ? '\n\n' : '\n');
  const notices = drills.map(({ message }) => wrap(noticeLine({ level: 'warning', message }, style), columns, 2));
  return [wrap(title, columns, 2), ...notices, list, conclusion(result, style)]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section(diff: ReleaseDiff, style: Style): string {
  const { release, status, reason, problem } = diff;
  const { paint, symbols } = style;
  return [
    heading(release, status, reason, style),
    ...(problem === undefined
      ? []
      : [`  ${paint('yellow', symbols.warning)} ${wrap(oneLine(problem), columns - 4, 4)}`]),
    ...objectLines(diff, style),
  ].join('\n');
}

function heading(name: string, status: ReleaseDiff['status'], reason: string | undefined, { paint }: Style): string {
  const because = reason === undefined || reason === status ? '' : `: ${oneLine(reason)}`;
  const words = wrap(`${status}${because}`, columns - displayWidth(name) - 2, 2);
  return `${paint('bold', name)}  ${paint(colorOf[status], words)}`;
}

const colorOf = {
  unchanged: 'green',
  drifted: 'yellow',
  new: 'cyan',
  changed: 'cyan',
  blocked: 'red',
  omitted: 'dim',
} as const;

function objectLines({ status, namespace, objects }: ReleaseDiff, style: Style): string[] {
  const named = ({ object, namespace: own }: ObjectDifference) =>
    own === undefined || own === namespace ? object : `${object} in ${own}`;
  const listed = (word: string, wanted: ObjectDifference['status']) => {
    const names = objects.filter((difference) => difference.status === wanted).map(named);
    return names.length > 0 ? [`  ${wrap(`${word} ${names.join(', ')}`, columns - 2, 4)}`] : [];
  };
  return [
    ...listed(status === 'drifted' ? 'missing:' : 'creates', 'missing'),
    ...listed('deletes', 'surplus'),
    ...listed('of a kind that is not served:', 'unserved'),
    ...objects.flatMap((difference) => {
      const { reason } = difference;
      if (reason !== undefined) return [`  ${wrap(`${named(difference)}: ${oneLine(reason)}`, columns - 2, 4)}`];
      return difference.fields.flatMap((field) => fieldLines(named(difference), field, style));
    }),
  ];
}

function fieldLines(object: string, { path, live, intended }: FieldDifference, { symbols }: Style): string[] {
  const [is, wanted, line] = valuesText(live, intended);
  const place = `${object} ${path}${line === undefined ? '' : ` line ${String(line)}`}`;
  const text = `  ${place}: live ${is}, intended ${wanted}`;
  if (displayWidth(text) <= columns) return [text];
  const cut = (value: string) => truncate(value, columns, symbols.ellipsis);
  return [`  ${place}`, cut(`    live      ${is}`), cut(`    intended  ${wanted}`)];
}

/** Both values in a line each; of texts with several lines the first that differs, and its number. */
function valuesText(live: unknown, intended: unknown): [live: string, intended: string, line?: number] {
  if (typeof live === 'string' && typeof intended === 'string' && `${live}${intended}`.includes('\n')) {
    const [is, wanted] = [live.split('\n'), intended.split('\n')];
    const index = Array.from({ length: Math.max(is.length, wanted.length) }, (_, at) => at).find(
      (at) => is[at] !== wanted[at],
    );
    // What was masked may look the same.
    if (index !== undefined) return [valueText(is[index]), valueText(wanted[index]), index + 1];
  }
  return [valueText(live), valueText(intended)];
}

function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  if (value === '***') return value;
  const isWord = typeof value === 'string' && /^[\w./:@+-]*[a-z][\w./:@+-]*$/i.test(value);
  // A word that stands for itself; true, 3 and "" must not look like text, or the other way round.
  return isWord && !/^(true|false|null|none)$/.test(value) ? value : JSON.stringify(value);
}

const words = ['drifted', 'new', 'changed', 'blocked', 'unchanged', 'omitted'] as const;

function conclusion({ releases, surroundings }: DiffResult, { paint, symbols }: Style): string {
  const counts = words
    .map((word) => ({ word, count: releases.filter(({ status }) => status === word).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${String(count)} ${word}`)
    .join(', ');
  const differs = releases.some(({ status }) => status !== 'unchanged' && status !== 'omitted');
  const around = surroundings.length;
  const others =
    around === 0 ? '' : `; ${String(around)} ${around === 1 ? 'namespace or secret' : 'namespaces or secrets'}`;
  if (differs || around > 0) return `${paint('bold', 'Diff:')} ${counts || 'no releases'}${others}`;
  return `${paint('green', symbols.done)} ${paint('bold', 'as wanted:')} ${counts || 'no releases'}`;
}
