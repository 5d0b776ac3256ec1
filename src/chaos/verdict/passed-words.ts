import { formatDuration } from '../../clock.js';
import { isUnnoticed, type LinkName } from '../drill.js';
import { goneWords, listed, number, pathWords, percent } from '../words.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** What a drill has shown that passed: how fast people were told, what users got, what the autoscaler did. */
export function passedWords(record: UnjudgedRecord): string {
  const said = [toldWords(record), servedWords(record), scaledWords(record), loadWords(record)].filter(
    (words) => words !== undefined,
  );
  return said.length === 0 ? 'the fault came and went, and nothing was expected of it' : said.join('; ');
}

/** `PostgresDown reached inbox 38.2s after postgres was gone, and its end 14.0s after it was back`. */
function toldWords(record: UnjudgedRecord): string | undefined {
  const { drill, marks } = record;
  const delivered = lastAt(record, ['delivered']);
  const gone = lastAt(record, ['endpoints']) ?? lastAt(record, ['fault']) ?? marks.faultAt;
  const alerts = alertsOf(record, 'delivered');
  if (delivered === undefined || gone === undefined || alerts.length === 0) return undefined;
  const to = drill.expect.receiver ?? 'its receiver';
  const told = `${listed(alerts)} reached ${to} ${formatDuration(delivered - gone)} after ${goneWords(drill.fault)}`;
  const resolved = lastAt(record, ['resolved']);
  const back = backAt(record);
  if (resolved === undefined || back === undefined || resolved < back) return told;
  const [end, event] = [
    alerts.length === 1 ? 'its end' : 'their end',
    drill.fault.type === 'load' ? 'the load ended' : 'it was back',
  ];
  return `${told}, and ${end} ${formatDuration(resolved - back)} after ${event}`;
}

// Said only where there are no alerts to speak of: the summary is one sentence.
function servedWords(record: UnjudgedRecord): string | undefined {
  const { drill, marks } = record;
  const served = unnoticedWords(record);
  if (served !== undefined) return served;
  const [symptom, recovered] = [lastAt(record, ['symptom']), lastAt(record, ['recovered'])];
  if (alertsOf(record, 'delivered').length > 0 || symptom === undefined || marks.faultAt === undefined)
    return undefined;
  const seen = `users got the page designed for this ${formatDuration(symptom - marks.faultAt)} after ${goneWords(drill.fault)}`;
  return recovered === undefined || marks.restoredAt === undefined || recovered < marks.restoredAt
    ? seen
    : `${seen}, and were served again ${formatDuration(recovered - marks.restoredAt)} after the fault was taken back`;
}

/** `users noticed nothing: https://… answered as usual all 22 times`. */
function unnoticedWords({ drill, links, simulation }: UnjudgedRecord): string | undefined {
  const { symptom } = drill.expect;
  const { at, detail } = links.find(({ name }) => name === 'recovered') ?? {};
  if (!symptom || simulation !== undefined || !isUnnoticed(symptom) || at === undefined || detail === undefined)
    return undefined;
  return `users noticed nothing: ${detail}`;
}

function scaledWords({ scaling, drill }: UnjudgedRecord): string | undefined {
  if (scaling?.status !== 'as-expected') return undefined;
  const { path, wanted, final, reachedMs, returnedMs } = scaling;
  const times = [
    ...(reachedMs === undefined ? [] : [`${String(wanted)} replicas after ${formatDuration(reachedMs)}`]),
    ...(returnedMs === undefined ? [] : [`${String(final)} again ${formatDuration(returnedMs)} after the load ended`]),
  ];
  const name = drill.expect.autoscaler?.name ?? 'the autoscaler';
  return `${name} went ${pathWords(path)}${times.length === 0 ? '' : ` (${times.join(', ')})`}`;
}

function loadWords({ load }: UnjudgedRecord): string | undefined {
  if (load?.successRatio === undefined || load.isSimulated) return undefined;
  return `${percent(load.successRatio)} of ${number(load.requests)} requests were answered with success`;
}

/** When users, or else the workload, were as before. */
function backAt(record: UnjudgedRecord): number | undefined {
  const { marks, drill } = record;
  if (drill.fault.type === 'load') return marks.loadEndedAt;
  return lastAt(record, ['recovered']) ?? marks.restoredAt ?? lastAt(record, ['restored']);
}

function lastAt({ links }: UnjudgedRecord, names: readonly LinkName[]): number | undefined {
  const moments = links.flatMap(({ name, at }) => (names.includes(name) && at !== undefined ? [at] : []));
  return moments.length === 0 ? undefined : Math.max(...moments);
}

function alertsOf({ links }: UnjudgedRecord, link: LinkName): string[] {
  return links.flatMap(({ name, alert, at }) =>
    name === link && alert !== undefined && at !== undefined ? [alert] : [],
  );
}
