import { parseExposition, type MetricSample } from './exposition.js';

/** What Alertmanager has counted for one integration, of one receiver where it tells receivers apart. */
export interface NotificationCounters {
  /** Only with its feature `receiver-name-in-metrics`. */
  readonly receiver?: string;
  /** `webhook`, `slack`. */
  readonly integration: string;
  /** Attempts that the receiver took. */
  readonly sent: number;
  /** Attempts that failed; each notification is tried again until its group's next turn. */
  readonly failed: number;
  /** Notifications that were given up, by reason: `clientError`, `authError`, `contextDeadlineExceeded`. */
  readonly reasons: Readonly<Record<string, number>>;
}

const attempts = 'alertmanager_notification_requests_total';
const failedAttempts = 'alertmanager_notification_requests_failed_total';
const givenUp = 'alertmanager_notifications_failed_total';

/**
 * Reads Alertmanager's metrics. Attempts are what counts: `alertmanager_notifications_total` grows before the first one
 * is made, and also for a notification of resolved alerts that is not to be sent at all.
 */
export function notificationCounters(metrics: string): readonly NotificationCounters[] {
  const groups = new Map<string, MetricSample[]>();
  for (const sample of parseExposition(metrics)) {
    const { integration, receiver_name: receiver = '' } = sample.labels;
    if (integration === undefined || ![attempts, failedAttempts, givenUp].includes(sample.name)) continue;
    const key = JSON.stringify([receiver, integration]);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return [...groups.values()].map(countersOf);
}

function countersOf(samples: readonly MetricSample[]): NotificationCounters {
  const { integration = '', receiver_name: receiver } = samples[0]?.labels ?? {};
  const sum = (name: string) =>
    samples.filter((sample) => sample.name === name).reduce((total, { value }) => total + value, 0);
  const failures = samples.filter(({ name, value }) => name === givenUp && value > 0);
  return {
    ...(receiver !== undefined && { receiver }),
    integration,
    sent: sum(attempts) - sum(failedAttempts),
    failed: sum(failedAttempts),
    reasons: Object.fromEntries(failures.map(({ labels, value }) => [labels['reason'] ?? 'other', value])),
  };
}
