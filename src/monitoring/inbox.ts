import { z } from 'zod';
import { moment, textMap } from './moments.js';
import type { Transport } from './transport.js';

/** A Slack message says it only in words, which may be anybody's. */
const status = z.enum(['firing', 'resolved', 'unknown']);

const deliverySchema = z.object({
  id: z.string(),
  /** Milliseconds since the epoch, as all moments. */
  receivedAt: moment,
  kind: z.enum(['webhook', 'slack']),
  receiver: z.string().nullish(),
  groupKey: z.string().nullish(),
  status,
  alerts: z.array(
    z.object({
      name: z.string(),
      status,
      labels: textMap,
      annotations: textMap,
      startsAt: moment.nullish(),
      endsAt: moment.nullish(),
      fingerprint: z.string().nullish(),
    }),
  ),
  /** What was sent, as it came. */
  body: z.unknown(),
});
/** A notification that arrived. */
export type Delivery = z.infer<typeof deliverySchema>;

export interface DeliveryFilter {
  /** Milliseconds since the epoch. */
  readonly since?: number;
  readonly kind?: Delivery['kind'];
  /** Name of an alert in it. */
  readonly alert?: string;
  readonly status?: 'firing' | 'resolved';
}

/** The inbox: what alerts really arrived at the end of the chain. */
export interface Inbox {
  readonly address: string;
  /** Oldest first. */
  deliveries(filter?: DeliveryFilter, signal?: AbortSignal): Promise<readonly Delivery[]>;
  /** Forgets all deliveries. */
  clear(signal?: AbortSignal): Promise<void>;
}

export function inboxClient(transport: Transport): Inbox {
  const { address } = transport;
  return {
    address,
    async deliveries({ since, ...filter } = {}, signal) {
      const query = new URLSearchParams({
        ...filter,
        ...(since !== undefined && { since: new Date(since).toISOString() }),
      }).toString();
      const schema = z.object({ deliveries: z.array(deliverySchema) });
      const path = `/api/deliveries${query === '' ? '' : `?${query}`}`;
      return (await transport.get(path, schema, signal)).deliveries;
    },
    clear: (signal) => transport.delete('/api/deliveries', signal),
  };
}
