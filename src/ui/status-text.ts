import { formatDuration } from '../clock.js';
import type { GateStatus, ReleaseStatus, StatusResult } from '../usecases/status.js';
import type { Style } from './style.js';
import { alertsText } from './alerts-text.js';
import { noticeLine } from './notice.js';
import { unansweredNote } from './open-url-text.js';
import { table } from './table.js';

/** How an environment is, for people; `now` is milliseconds since the epoch. */
export function statusText(status: StatusResult, style: Style, now: number): string {
  const { paint, symbols } = style;
  const { nodes, releases, gates, alerts, urls, drills, unwanted, next, simulation, owner, fileProblem } = status;
  const sections = [
    headline(status, style, now),
    nodes.length > 0
      ? `Nodes     ${nodes.map(({ name, ready }) => (ready ? name : paint('red', `${name} (not ready)`))).join(', ')}`
      : '',
    releases.length > 0 ? `Releases\n${releaseTable(releases, style)}` : '',
    openGates(gates, style),
    alertsText(alerts, style, now),
    drills.map(({ message }) => noticeLine({ level: 'warning', message }, style)).join('\n'),
    urls.length > 0
      ? `Addresses${simulation === undefined ? '' : paint('dim', ` (${unansweredNote(urls)})`)}\n${table(
          urls.map(({ url, namespace, ingress }) => [url, paint('dim', `${namespace}/${ingress}`)]),
          { indent: 2 },
        )}`
      : '',
    unwanted.length > 0 ? `No longer wanted: ${unwanted.join(', ')}` : '',
    owner
      ? paint('yellow', `${owner.command} of ${owner.user}@${owner.host} is at work (pid ${String(owner.pid)})`)
      : '',
    fileProblem === undefined ? '' : paint('yellow', `${symbols.warning} ${fileProblem}`),
    next.map((step) => `${symbols.next} ${step}`).join('\n'),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function headline(
  { environment, provider, cluster, simulation, healthy }: StatusResult,
  style: Style,
  now: number,
): string {
  const { paint, symbols } = style;
  const symbol = healthy ? paint('green', symbols.done) : paint('yellow', symbols.warning);
  const made = 'made' in cluster ? cluster.made : undefined;
  const about = made ? `, Kubernetes ${made.kubernetes}, ${formatDuration(now - Date.parse(made.at))} old` : '';
  const reason = 'reason' in cluster ? `: ${cluster.reason}` : '';
  return [
    `${symbol} ${paint('bold', environment)}  ${cluster.status}${reason}  ${paint('dim', `on ${provider}${about}`)}`,
    ...(simulation === undefined ? [] : [paint('dim', `  ${simulation}`)]),
  ].join('\n');
}

function releaseTable(releases: readonly ReleaseStatus[], style: Style): string {
  const { paint, symbols } = style;
  const symbolOf = {
    ready: paint('green', symbols.done),
    waiting: paint('yellow', symbols.pending),
    absent: paint('red', symbols.failed),
    omitted: paint('dim', symbols.left),
  };
  return table(
    releases.map(({ name, namespace, revision, health, detail, change, standIn }) => [
      `${symbolOf[health]} ${name}`,
      paint('dim', namespace),
      revision === undefined ? '' : `revision ${String(revision)}`,
      [
        health === 'absent' ? 'not installed' : health === 'ready' ? 'ready' : (detail ?? health),
        ...(standIn ? [paint('yellow', 'stand-in')] : []),
        ...(change !== undefined && health !== 'absent' ? [`${paint('cyan', 'changed')}: ${change}`] : []),
      ].join(', '),
    ]),
    { indent: 2 },
  );
}

// Ready workloads are seen in the list of releases; here is what else others wait for.
function openGates(gates: readonly GateStatus[], { paint, symbols }: Style): string {
  const told = gates.filter(({ facet, check }) => facet !== 'ready' && check.status !== 'omitted');
  if (told.length === 0) return '';
  const rows = told.map(({ release, facet, check }) => [
    `${check.status === 'satisfied' ? paint('green', symbols.done) : paint('yellow', symbols.pending)} ${release}:${facet}`,
    paint(
      'dim',
      check.status === 'satisfied' ? (check.detail ?? '') : check.status === 'needed' ? check.reason : check.status,
    ),
  ]);
  return `Gates\n${table(rows, { indent: 2 })}`;
}
