import type { DrillRecord } from '../../../src/chaos/record.js';
import { dbDown, dbDownPassed, faultAt, judged, loadPassed, without } from '../records.js';

const odd = `<img src=x onerror=alert(1)> <b>"bold"</b> & 'it' \u0007`;

/** A drill that was refused before anything was asked or done. */
export function shortestRecord(): DrillRecord {
  const record = without(dbDownPassed(), 'restore');
  const none = Object.fromEntries(Object.keys(record.observations).map((name) => [name, []]));
  return judged({
    ...record,
    marks: { startedAt: faultAt, endedAt: faultAt },
    findings: [{ check: 'data-loss', level: 'refused', message: 'the data would be lost' }],
    prediction: { links: [], totalMs: 0 },
    observations: none as unknown as DrillRecord['observations'],
    links: [],
    clockOffsetsMs: {},
  });
}

/** Everything in it that others write is meant to be markup, and everything that can be is there. */
export function strangeRecord(): DrillRecord {
  const { observations, links, scaling, load } = loadPassed();
  const seen = dbDownPassed().observations;
  if (!scaling || !load) throw new Error('a load has both');
  return dbDownPassed({
    environment: odd,
    provider: odd,
    simulation: odd,
    run: odd,
    drill: { ...dbDown, name: odd, summary: odd, origin: odd },
    problem: odd,
    findings: [{ check: odd, level: 'warning', message: odd, fix: [odd] }],
    links: [
      ...links,
      ...dbDownPassed().links.map((link) => ({ ...link, alert: odd, detail: odd })),
      { name: 'resolved', alert: 'Other', status: 'broken', cause: odd },
    ],
    scaling: { ...scaling, problems: [odd] },
    load: { ...load, errors: { [odd]: 1 }, problems: [odd] },
    restore: {
      by: odd,
      results: [{ subject: odd, outcome: 'restored', detail: odd }],
      differences: [odd],
    },
    observations: {
      ...observations,
      target: seen.target,
      alerts: [
        {
          name: odd,
          labels: { [odd]: odd },
          isBaseline: false,
          firingAt: faultAt,
          receivers: [odd],
          suppressed: { how: 'silenced', by: [odd] },
        },
      ],
      deliveries: [
        { at: faultAt, kind: 'slack', receiver: odd, status: 'unknown', alerts: [{ name: odd, status: 'unknown' }] },
      ],
      probes: [
        { at: faultAt, durationMs: 1, error: odd },
        { at: faultAt + 1, durationMs: 1, status: 404 },
      ],
      notifications: [{ at: faultAt, receiver: odd, integration: odd, sent: 0, failed: 1, reasons: { [odd]: 1 } }],
      silences: [{ who: 'inbox', from: faultAt, to: faultAt + 1, error: odd }],
      rules: [{ alert: odd, exists: true, health: 'err', lastError: odd }],
      incidents: [{ at: faultAt, message: odd }],
      autoscaler: observations.autoscaler.map((sample) => ({ ...sample, conditions: [odd] })),
      load: [{ from: faultAt, to: faultAt, requests: 0, statuses: {}, errors: { [odd]: 1 } }],
    },
  });
}
