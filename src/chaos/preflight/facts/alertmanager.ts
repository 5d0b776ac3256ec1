import type { Alertmanager, AlertGroup, FiringAlert, Silence } from '../../../monitoring/alertmanager.js';
import { routesOf, type Routing } from '../../../monitoring/routing.js';

export interface AlertmanagerFacts {
  readonly alerts: readonly FiringAlert[];
  readonly groups: readonly AlertGroup[];
  readonly silences: readonly Silence[];
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly routing: Routing;
  /** Whether its counters say of which receiver they are. */
  readonly namesReceivers: boolean;
}

export async function readAlertmanager(alertmanager: Alertmanager, signal: AbortSignal): Promise<AlertmanagerFacts> {
  const [alerts, groups, silences, { startedAt, configuration }, counters] = await Promise.all([
    alertmanager.alerts({}, signal),
    alertmanager.groups({}, signal),
    alertmanager.silences(signal),
    alertmanager.status(signal),
    alertmanager.notifications(signal),
  ]);
  const namesReceivers = counters.some(({ receiver }) => receiver !== undefined);
  return { alerts, groups, silences, startedAt, routing: routesOf(configuration), namesReceivers };
}
