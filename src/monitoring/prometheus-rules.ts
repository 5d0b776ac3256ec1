import { z } from 'zod';
import { moment, seconds, textMap } from './moments.js';

export const alertSchema = z.object({
  labels: textMap,
  annotations: textMap,
  state: z.enum(['pending', 'firing']),
  /** When it got pending: milliseconds since the epoch. */
  activeAt: moment,
  value: z.string(),
});
/** An alert that a rule holds now; what has resolved is gone. */
export type ActiveAlert = z.infer<typeof alertSchema>;

const evaluation = {
  name: z.string(),
  query: z.string(),
  labels: textMap.default({}),
  /** `unknown` before the first evaluation. */
  health: z.enum(['ok', 'err', 'unknown']),
  lastError: z.string().default(''),
  /** Milliseconds since the epoch; long ago before the first one. */
  lastEvaluation: moment,
};

const alertingRuleSchema = z
  .object({
    ...evaluation,
    type: z.literal('alerting'),
    state: z.enum(['unknown', 'inactive', 'pending', 'firing']),
    /** The rule's `for`, in milliseconds. */
    duration: seconds,
    keepFiringFor: seconds.default(0),
    annotations: textMap.default({}),
    alerts: z.array(alertSchema).default([]),
  })
  .transform(({ duration, keepFiringFor, ...rule }) => ({ ...rule, forMs: duration, keepFiringForMs: keepFiringFor }));

const recordingRuleSchema = z.object({ ...evaluation, type: z.literal('recording') });

export const ruleGroupSchema = z
  .object({
    name: z.string(),
    file: z.string(),
    interval: seconds,
    rules: z.array(z.union([alertingRuleSchema, recordingRuleSchema])),
  })
  .transform(({ interval, ...group }) => ({ ...group, intervalMs: interval }));

/** Rules that are evaluated together, every `intervalMs`. */
export type RuleGroup = z.infer<typeof ruleGroupSchema>;
