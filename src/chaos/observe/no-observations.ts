import type { Observations } from '../record.js';

/** Those of a drill that has not begun, to be added to. */
export function noObservations(): { [Kind in keyof Observations]: Observations[Kind][number][] } {
  return {
    alerts: [],
    deliveries: [],
    probes: [],
    target: [],
    autoscaler: [],
    load: [],
    notifications: [],
    silences: [],
    rules: [],
    incidents: [],
  };
}
