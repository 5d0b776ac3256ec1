import type { Observations } from '../record.js';

/** Of a drill that has not begun. */
export const noObservations: Observations = {
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
