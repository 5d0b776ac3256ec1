import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Alertmanager, FiringAlert } from './alertmanager.js';

/** An alert that fires now. */
export interface AlertNow {
  readonly name: string;
  readonly severity?: string;
  /** ISO 8601. */
  readonly since: string;
  readonly summary?: string;
  /** Why nobody is told of it. */
  readonly suppressed?: 'silenced' | 'inhibited' | 'muted';
  readonly labels: Readonly<Record<string, string>>;
}

export interface AlertsNow {
  /** The most severe first, then the oldest. */
  readonly firing: readonly AlertNow[];
  /** Why there may be more than these. */
  readonly problem?: string;
}

/** Always fires where the chain from Prometheus to Alertmanager holds. */
const watchdog = 'Watchdog';
/** Exist for the chain's own sake, and say nothing about the environment. */
export const aboutAlerting: ReadonlySet<string> = new Set([watchdog, 'InfoInhibitor']);
/** How long after its start an Alertmanager may not have heard of anything yet, in milliseconds. */
const silentAtStartMs = 2 * 60_000;
const severities = ['critical', 'error', 'warning', 'info'];

/** What fires now, by one question to Alertmanager; that it does not answer is an answer, too. */
export async function alertsNow(
  alertmanager: Pick<Alertmanager, 'alerts' | 'status'>,
  clock: Clock,
  signal?: AbortSignal,
): Promise<AlertsNow> {
  try {
    const alerts = await alertmanager.alerts({}, signal);
    const firing = alerts.map(alertNow).filter(({ name }) => !aboutAlerting.has(name));
    firing.sort((a, b) => rankOf(a) - rankOf(b) || a.since.localeCompare(b.since));
    if (alerts.some(({ labels }) => labels['alertname'] === watchdog)) return { firing };
    const { startedAt } = await alertmanager.status(signal);
    if (clock.now() - startedAt < silentAtStartMs) return { firing };
    return {
      firing,
      problem: 'Prometheus does not reach Alertmanager: the alert Watchdog, which always fires, is missing',
    };
  } catch (error) {
    signal?.throwIfAborted();
    return { firing: [], problem: messageOf(error) };
  }
}

function alertNow({ labels, annotations, startsAt, status }: FiringAlert): AlertNow {
  const { alertname = '', severity } = labels;
  const { summary } = annotations;
  const suppressed = suppressionOf(status);
  return {
    name: alertname,
    ...(severity !== undefined && { severity }),
    since: new Date(startsAt).toISOString(),
    ...(summary !== undefined && { summary }),
    ...(suppressed && { suppressed }),
    labels,
  };
}

function suppressionOf({ silencedBy, inhibitedBy, mutedBy }: FiringAlert['status']): AlertNow['suppressed'] {
  if (silencedBy.length > 0) return 'silenced';
  if (inhibitedBy.length > 0) return 'inhibited';
  return mutedBy.length > 0 ? 'muted' : undefined;
}

function rankOf({ severity = '' }: AlertNow): number {
  const rank = severities.indexOf(severity);
  return rank === -1 ? severities.length : rank;
}
