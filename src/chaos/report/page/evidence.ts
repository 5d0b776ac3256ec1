import { formatDuration } from '../../../clock.js';
import type { AlertSighting, DrillRecord } from '../../record.js';
import { countsText } from '../load-numbers.js';
import { momentText, offsetText } from '../moments.js';
import { joined, type Section, table } from './elements.js';

/** Every alert that was there, with when it was where. */
export function alertsSection(record: DrillRecord): Section {
  const { observations, drill } = record;
  const at = offsetIn(record);
  const whose = ({ name, isBaseline }: AlertSighting) => {
    if (isBaseline) return 'was there before';
    if (drill.expect.alerts.includes(name)) return 'expected';
    return drill.expect.mayFire.includes(name) ? 'allowed' : 'not expected';
  };
  const rows = observations.alerts.map((alert) => [
    alert.name,
    whose(alert),
    ...[alert.pendingAt, alert.firingAt, alert.groupedAt, alert.endedAt].map(at),
    alert.receivers.join(', '),
    alert.suppressed ? `${alert.suppressed.how} by ${alert.suppressed.by.join(', ')}` : '',
    Object.entries(alert.labels)
      .filter(([name]) => name !== 'alertname')
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
  ]);
  const head = ['Alert', 'Why', 'Pending', 'Firing', 'In Alertmanager', 'Ended', 'Receivers', 'Kept back', 'Labels'];
  const rules = observations.rules.map(({ alert, exists, health, state, lastError }) => [
    alert,
    exists ? 'is loaded' : 'does not exist',
    health,
    state,
    lastError,
  ]);
  return {
    id: 'alerts',
    title: 'Alerts',
    content: joined(
      rows.length === 0 ? '' : table('Alerts that were seen', head, rows),
      rules.length === 0
        ? ''
        : table('Rules of the expected alerts, at the end', ['Alert', 'Rule', 'Health', 'State', 'Last error'], rules),
    ),
  };
}

/** What arrived, and what Alertmanager counted. */
export function deliveriesSection(record: DrillRecord): Section {
  const at = offsetIn(record);
  const { deliveries, notifications } = record.observations;
  const arrived = deliveries.map(({ at: when, kind, receiver, status, alerts }) => [
    at(when),
    kind,
    receiver,
    status,
    alerts.map((alert) => `${alert.name} (${alert.status})`).join(', '),
  ]);
  const counted = notifications.map(({ at: when, receiver, integration, sent, failed, reasons }) => [
    at(when),
    receiver,
    integration,
    String(sent),
    String(failed),
    countsText(reasons),
  ]);
  return {
    id: 'deliveries',
    title: 'Deliveries',
    content: joined(
      arrived.length === 0
        ? ''
        : table('Notifications that arrived', ['At', 'As', 'Receiver', 'Status', 'Alerts'], arrived),
      counted.length === 0
        ? ''
        : table("Alertmanager's counters", ['At', 'Receiver', 'Integration', 'Sent', 'Failed', 'Reasons'], counted),
    ),
  };
}

/** What the look before the fault has found. */
export function findingsSection({ findings }: DrillRecord): Section {
  const rows = findings.map(({ check, level, message, fix = [] }) => [check, level, message, fix.join('; ')]);
  return {
    id: 'findings',
    title: 'Before the fault',
    content: rows.length === 0 ? '' : table('Findings', ['Check', 'Level', 'Finding', 'What to do'], rows),
  };
}

/** What was taken back, and the proof that it is as before. */
export function restoreSection({ restore, marks }: DrillRecord): Section {
  if (!restore) return { id: 'restore', title: 'Taking back', content: '' };
  const proof =
    restore.differences.length === 0
      ? [['nothing differs from what was recorded before the fault']]
      : restore.differences.map((difference) => [difference]);
  const when = marks.restoredAt === undefined ? '' : `, ${momentText(marks.restoredAt)}`;
  return {
    id: 'restore',
    title: 'Taking back',
    content: joined(
      restore.results.length === 0
        ? ''
        : table(
            `Taken back by ${restore.by}${when}`,
            ['What', 'Outcome', 'Detail'],
            restore.results.map(({ subject, outcome, detail }) => [subject, outcome, detail]),
          ),
      table('Compared with what was recorded', ['Difference'], proof),
    ),
  };
}

/** What happened besides, and who did not answer. */
export function incidentsSection(record: DrillRecord): Section {
  const at = offsetIn(record);
  const { incidents, silences } = record.observations;
  const rows = [
    ...incidents.map((incident) => ({ from: incident.at, cells: [incident.message, ''] })),
    ...silences.map(({ who, from, to, error }) => ({
      from,
      cells: [`${who} did not answer: ${error}`, formatDuration(to - from)],
    })),
  ].sort((a, b) => a.from - b.from);
  return {
    id: 'incidents',
    title: 'What else happened',
    content:
      rows.length === 0
        ? ''
        : table(
            'Incidents',
            ['At', 'What', 'For'],
            rows.map(({ from, cells }) => [at(from), ...cells]),
          ),
  };
}

function offsetIn({ marks }: DrillRecord): (moment: number | undefined) => string {
  const zero = marks.faultAt ?? marks.startedAt;
  return (moment) => (moment === undefined ? '' : offsetText(moment - zero));
}
