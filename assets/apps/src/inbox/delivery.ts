import { z } from 'zod';

const words = z.record(z.string(), z.string());
const alertSchema = z.object({
  name: z.string(),
  status: z.enum(['firing', 'resolved', 'unknown']),
  labels: words,
  annotations: words,
  startsAt: z.string().nullable(),
  endsAt: z.string().nullable(),
  fingerprint: z.string().nullable(),
});

export const deliverySchema = z.object({
  id: z.string(),
  /** ISO time. */
  receivedAt: z.string(),
  kind: z.enum(['webhook', 'slack']),
  /** Alertmanager's receiver, or what stood after `/slack/`. */
  receiver: z.string(),
  groupKey: z.string().nullable(),
  status: z.enum(['firing', 'resolved', 'unknown']),
  alerts: z.array(alertSchema),
  /** What was sent, whole. */
  body: z.unknown(),
});

/** One notification that reached this service. */
export type Delivery = z.infer<typeof deliverySchema>;

/** A delivery before it has an id and a time. */
export type Notification = Omit<Delivery, 'id' | 'receivedAt'>;
