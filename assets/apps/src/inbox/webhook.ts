import { z } from 'zod';
import type { Notification } from './delivery.js';

const status = z.enum(['firing', 'resolved']);
const words = z.record(z.string(), z.string());

/** What Alertmanager's webhook sends (version 4), as far as it is read here. */
export const webhookSchema = z.looseObject({
  version: z.literal('4'),
  groupKey: z.string(),
  status,
  receiver: z.string(),
  alerts: z.array(
    z.looseObject({
      status,
      labels: words,
      annotations: words.default({}),
      startsAt: z.string(),
      endsAt: z.string(),
      fingerprint: z.string(),
    }),
  ),
});

export function readWebhook(body: z.infer<typeof webhookSchema>): Notification {
  return {
    kind: 'webhook',
    receiver: body.receiver,
    groupKey: body.groupKey,
    status: body.status,
    alerts: body.alerts.map((alert) => ({
      name: alert.labels['alertname'] ?? '',
      status: alert.status,
      labels: alert.labels,
      annotations: alert.annotations,
      startsAt: alert.startsAt,
      endsAt: alert.endsAt,
      fingerprint: alert.fingerprint,
    })),
    body,
  };
}
