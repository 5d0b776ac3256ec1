import { z } from 'zod';
import { moment, textMap } from './moments.js';
import { notificationCounters, type NotificationCounters } from './notification-counters.js';
import type { Transport } from './transport.js';

const alertSchema = z
  .object({
    labels: textMap,
    annotations: textMap,
    /** When it fired; all moments are milliseconds since the epoch. */
    startsAt: moment,
    /** When it counts as resolved if nothing more is heard of it. */
    endsAt: moment,
    updatedAt: moment,
    fingerprint: z.string(),
    receivers: z.array(z.object({ name: z.string() })).transform((found) => found.map(({ name }) => name)),
    status: z.object({
      state: z.enum(['unprocessed', 'active', 'suppressed']),
      silencedBy: z.array(z.string()),
      inhibitedBy: z.array(z.string()),
      mutedBy: z.array(z.string()).nullish(),
    }),
  })
  .transform((alert) => ({ ...alert, status: { ...alert.status, mutedBy: alert.status.mutedBy ?? [] } }));
/** An alert that fires, as Alertmanager has it; one that has resolved is not among them. */
export type FiringAlert = z.infer<typeof alertSchema>;

const groupSchema = z
  .object({ labels: textMap, receiver: z.object({ name: z.string() }), alerts: z.array(alertSchema) })
  .transform(({ receiver, ...group }) => ({ ...group, receiver: receiver.name }));
/** Alerts that go to a receiver together. */
export type AlertGroup = z.infer<typeof groupSchema>;

const matcherSchema = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});

const silenceSchema = z
  .object({
    id: z.string(),
    status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
    matchers: z.array(matcherSchema),
    startsAt: moment,
    endsAt: moment,
    createdBy: z.string(),
    comment: z.string(),
  })
  .transform(({ status, ...silence }) => ({ ...silence, state: status.state }));
export type Silence = z.infer<typeof silenceSchema>;

const statusSchema = z
  .object({
    uptime: moment,
    versionInfo: z.object({ version: z.string() }),
    config: z.object({ original: z.string() }),
  })
  .transform(({ uptime, versionInfo, config }) => ({
    /** Since when it runs. */
    startedAt: uptime,
    version: versionInfo.version,
    /** The configuration that it has loaded, as YAML; secrets are masked. */
    configuration: config.original,
  }));
export type AlertmanagerStatus = z.infer<typeof statusSchema>;

export interface AlertFilter {
  /** Such as `alertname="PostgresDown"`; all of them have to match. */
  readonly matchers?: readonly string[];
  /** Regular expression over the names of receivers. */
  readonly receiver?: string;
  /** False leaves out what is silenced, or inhibited by another alert. */
  readonly silenced?: boolean;
  readonly inhibited?: boolean;
}

/** A silence to be made; moments are milliseconds since the epoch. */
export type NewSilence = Pick<Silence, 'matchers' | 'startsAt' | 'endsAt' | 'createdBy' | 'comment'>;

/** The HTTP API of Alertmanager. */
export interface Alertmanager {
  readonly address: string;
  alerts(filter?: AlertFilter, signal?: AbortSignal): Promise<readonly FiringAlert[]>;
  groups(filter?: AlertFilter, signal?: AbortSignal): Promise<readonly AlertGroup[]>;
  /** Names of the receivers. */
  receivers(signal?: AbortSignal): Promise<readonly string[]>;
  silences(signal?: AbortSignal): Promise<readonly Silence[]>;
  /** Resolves to the silence's id. */
  silence(silence: NewSilence, signal?: AbortSignal): Promise<string>;
  /** Ends a silence before its time. */
  expire(id: string, signal?: AbortSignal): Promise<void>;
  status(signal?: AbortSignal): Promise<AlertmanagerStatus>;
  /** How many notifications it has sent, and could not send, since its start. */
  notifications(signal?: AbortSignal): Promise<readonly NotificationCounters[]>;
}

export function alertmanagerClient(transport: Transport): Alertmanager {
  const { address } = transport;
  return {
    address,
    alerts: (filter, signal) => transport.get(`/api/v2/alerts${queryOf(filter)}`, z.array(alertSchema), signal),
    groups: (filter, signal) => transport.get(`/api/v2/alerts/groups${queryOf(filter)}`, z.array(groupSchema), signal),
    async receivers(signal) {
      const found = await transport.get('/api/v2/receivers', z.array(z.object({ name: z.string() })), signal);
      return found.map(({ name }) => name);
    },
    silences: (signal) => transport.get('/api/v2/silences', z.array(silenceSchema), signal),
    async silence({ startsAt, endsAt, ...silence }, signal) {
      const body = { ...silence, startsAt: inText(startsAt), endsAt: inText(endsAt) };
      const made = await transport.post('/api/v2/silences', body, z.object({ silenceID: z.string() }), signal);
      return made.silenceID;
    },
    expire: (id, signal) => transport.delete(`/api/v2/silence/${encodeURIComponent(id)}`, signal),
    status: (signal) => transport.get('/api/v2/status', statusSchema, signal),
    notifications: async (signal) => notificationCounters(await transport.text('/metrics', signal)),
  };
}

function queryOf({ matchers = [], receiver, silenced, inhibited }: AlertFilter = {}): string {
  const query = new URLSearchParams({
    ...(receiver !== undefined && { receiver }),
    ...(silenced !== undefined && { silenced: String(silenced) }),
    ...(inhibited !== undefined && { inhibited: String(inhibited) }),
  });
  for (const matcher of matchers) query.append('filter', matcher);
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function inText(at: number): string {
  return new Date(at).toISOString();
}
