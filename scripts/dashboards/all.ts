import { alerting } from './alerting.js';
import { autoscaling } from './autoscaling.js';
import type { Dashboard } from './dashboard.js';
import { database } from './database.js';
import { overview } from './overview.js';
import { pods } from './pods.js';
import { service } from './service.js';
import { slo } from './slo.js';

/** All our dashboards; the key is the name of the file in assets/dashboards. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  overview,
  service,
  database,
  autoscaling,
  pods,
  slo,
  alerting,
};

/** A dashboard as it is written to its file: the same text for the same source. */
export const textOf = (dashboard: Dashboard) => `${JSON.stringify(dashboard, null, 2)}\n`;
