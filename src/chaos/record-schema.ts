import { z } from 'zod';
import { links, loadTools } from './drill.js';
import type { DrillRecord } from './record.js';

/*
 * The shape of record.json, for what is read back. The compiler holds it to the types of record.ts and drill.ts; what a
 * later platform has added is kept.
 */

const milliseconds = z.number();
const texts = z.array(z.string());
const counts = z.record(z.string(), z.number());
const link = z.enum(links);

const target = z.looseObject({ kind: z.enum(['deployment', 'statefulset']), namespace: z.string(), name: z.string() });

const fault = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('scale'), target, replicas: z.number() }),
  z.looseObject({ type: z.literal('kill'), target, count: z.union([z.number(), z.literal('all')]) }),
  z.looseObject({
    type: z.literal('drain'),
    node: z.union([z.string(), target]),
    deleteEmptyDirData: z.boolean().exactOptional(),
  }),
  z.looseObject({
    type: z.literal('cut'),
    target,
    direction: z.enum(['ingress', 'egress', 'both']),
    connections: z.enum(['end', 'keep']),
  }),
  z.looseObject({
    type: z.literal('load'),
    url: z.string(),
    target,
    requests: z.number(),
    workers: z.number(),
    tool: z.enum(loadTools),
    atMostMs: milliseconds,
    simulated: z.looseObject({ ratePerSecond: z.number(), cpuMs: milliseconds }),
  }),
]);

const drill = z.looseObject({
  name: z.string(),
  summary: z.string(),
  origin: z.string(),
  fault,
  expect: z.looseObject({
    symptom: z.looseObject({ url: z.string(), status: z.number(), text: z.string().exactOptional() }).exactOptional(),
    alerts: texts,
    mayFire: texts,
    receiver: z.string().exactOptional(),
    autoscaler: z
      .object({ namespace: z.string(), name: z.string(), reaches: z.number().exactOptional() })
      .exactOptional(),
    load: z.looseObject({ successRatio: z.number(), p95Ms: milliseconds.exactOptional() }).exactOptional(),
  }),
  budgets: z.partialRecord(link, milliseconds.exactOptional()),
  holdMs: milliseconds,
});

const finding = z.looseObject({
  check: z.string(),
  level: z.enum(['ok', 'note', 'warning', 'inconclusive', 'weakness', 'refused']),
  link: link.exactOptional(),
  message: z.string(),
  fix: texts.exactOptional(),
});

const scalingSteps = z.array(z.looseObject({ afterMs: milliseconds, replicas: z.number() }));

const prediction = z.looseObject({
  links: z.array(
    z.looseObject({ name: link, alert: z.string().exactOptional(), atMostMs: milliseconds, because: z.string() }),
  ),
  scaling: z
    .object({ original: z.number(), peak: z.number(), up: scalingSteps, down: scalingSteps, because: z.string() })
    .exactOptional(),
  totalMs: milliseconds,
});

const notice = z.enum(['firing', 'resolved', 'unknown']);
const latency = z.looseObject({ p50: milliseconds, p90: milliseconds, p95: milliseconds, p99: milliseconds });

const observations = z.looseObject({
  alerts: z.array(
    z.looseObject({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      isBaseline: z.boolean(),
      pendingAt: milliseconds.exactOptional(),
      firingAt: milliseconds.exactOptional(),
      groupedAt: milliseconds.exactOptional(),
      receivers: texts,
      joined: texts.exactOptional(),
      suppressed: z.looseObject({ how: z.enum(['silenced', 'inhibited', 'muted']), by: texts }).exactOptional(),
      endedAt: milliseconds.exactOptional(),
    }),
  ),
  deliveries: z.array(
    z.looseObject({
      at: milliseconds,
      kind: z.enum(['webhook', 'slack']),
      receiver: z.string().exactOptional(),
      status: notice,
      alerts: z.array(
        z.looseObject({
          name: z.string(),
          status: notice,
          labels: z.record(z.string(), z.string()).exactOptional(),
        }),
      ),
    }),
  ),
  probes: z.array(
    z.looseObject({
      at: milliseconds,
      durationMs: milliseconds,
      status: z.number().exactOptional(),
      hasText: z.boolean().exactOptional(),
      error: z.string().exactOptional(),
    }),
  ),
  target: z.array(
    z.looseObject({ at: milliseconds, wanted: z.number(), ready: z.number(), endpoints: z.number().exactOptional() }),
  ),
  autoscaler: z.array(
    z.looseObject({
      at: milliseconds,
      desired: z.number(),
      current: z.number(),
      ready: z.number(),
      cpu: z.number().exactOptional(),
      target: z.number().exactOptional(),
      conditions: texts,
    }),
  ),
  load: z.array(
    z.looseObject({
      from: milliseconds,
      to: milliseconds,
      requests: z.number(),
      statuses: counts,
      errors: counts,
      latency: latency.exactOptional(),
    }),
  ),
  notifications: z.array(
    z.looseObject({
      at: milliseconds,
      receiver: z.string().exactOptional(),
      integration: z.string(),
      sent: z.number(),
      failed: z.number(),
      reasons: counts,
    }),
  ),
  silences: z.array(
    z.looseObject({
      who: z.enum(['api-server', 'prometheus', 'alertmanager', 'inbox']),
      from: milliseconds,
      to: milliseconds,
      error: z.string(),
    }),
  ),
  rules: z.array(
    z.looseObject({
      alert: z.string(),
      exists: z.boolean(),
      health: z.enum(['ok', 'err', 'unknown']).exactOptional(),
      lastError: z.string().exactOptional(),
      state: z.enum(['unknown', 'inactive', 'pending', 'firing']).exactOptional(),
    }),
  ),
  incidents: z.array(z.looseObject({ at: milliseconds, message: z.string() })),
});

/** Of record.json, version 1. */
export const recordSchema: z.ZodType<DrillRecord> = z.looseObject({
  version: z.literal(1),
  run: z.string(),
  environment: z.string(),
  provider: z.string(),
  simulation: z.string().exactOptional(),
  drill,
  marks: z.looseObject({
    startedAt: milliseconds,
    faultAt: milliseconds.exactOptional(),
    fault: z.string().exactOptional(),
    loadEndedAt: milliseconds.exactOptional(),
    restoredAt: milliseconds.exactOptional(),
    endedAt: milliseconds,
  }),
  clockOffsetsMs: counts,
  findings: z.array(finding),
  prediction,
  observations,
  links: z.array(
    z.looseObject({
      name: link,
      alert: z.string().exactOptional(),
      status: z.enum(['met', 'late', 'broken', 'unreached', 'unobserved', 'unasked']),
      at: milliseconds.exactOptional(),
      tookMs: milliseconds.exactOptional(),
      budgetMs: milliseconds.exactOptional(),
      predictedMs: milliseconds.exactOptional(),
      detail: z.string().exactOptional(),
      cause: z.string().exactOptional(),
    }),
  ),
  scaling: z
    .object({
      original: z.number(),
      wanted: z.number(),
      maximum: z.number(),
      peak: z.number(),
      final: z.number(),
      firstStepMs: milliseconds.exactOptional(),
      reachedMs: milliseconds.exactOptional(),
      returnedMs: milliseconds.exactOptional(),
      path: z.array(z.number()),
      problems: texts,
      status: z.enum(['as-expected', 'weak', 'ended-early', 'too-small', 'unobserved']),
    })
    .exactOptional(),
  load: z
    .object({
      tool: z.string(),
      requests: z.number(),
      durationMs: milliseconds,
      successRatio: z.number().exactOptional(),
      latency: latency.exactOptional(),
      statuses: counts,
      errors: counts,
      problems: texts,
      isSimulated: z.boolean(),
    })
    .exactOptional(),
  restore: z
    .object({
      by: z.string(),
      results: z.array(
        z.looseObject({
          subject: z.string(),
          outcome: z.enum(['restored', 'as-it-was', 'gone', 'replaced', 'foreign']),
          detail: z.string(),
        }),
      ),
      differences: texts,
    })
    .exactOptional(),
  problem: z.string().exactOptional(),
  verdict: z.looseObject({
    outcome: z.enum(['passed', 'weakness', 'inconclusive', 'not-restored', 'failed', 'interrupted']),
    isRehearsed: z.boolean(),
    summary: z.string(),
    reasons: texts,
    notObserved: texts,
    next: texts,
  }),
});
