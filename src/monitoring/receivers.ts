import { parse } from 'yaml';
import { z } from 'zod';

/** By what a receiver is told. */
export interface Integration {
  /** `webhook`, `slack`, as Alertmanager's metrics call it. */
  readonly kind: string;
  /** Whether it is told of the end of an alert as well. */
  readonly sendsResolved: boolean;
}

/** Receivers by name; one without integrations tells nobody. */
export type Receivers = Readonly<Record<string, readonly Integration[]>>;

const receiversSchema = z.object({
  receivers: z.array(z.looseObject({ name: z.string() })).default([]),
});
const integrationsSchema = z.array(z.looseObject({ send_resolved: z.boolean().optional() }));

/** Integrations whose `send_resolved` is false unless it is set; a loaded configuration always says it. */
const silentAtTheEnd = ['slack', 'email', 'wechat', 'rocketchat'];

/**
 * The receivers of a configuration of Alertmanager, such as the one it says it has loaded.
 * @throws ZodError or YAMLParseError for anything else
 */
export function receiversIn(configuration: string): Receivers {
  const { receivers } = receiversSchema.parse(parse(configuration));
  return Object.fromEntries(receivers.map(({ name, ...rest }) => [name, Object.entries(rest).flatMap(integrationsOf)]));
}

function integrationsOf([key, value]: [string, unknown]): Integration[] {
  const kind = /^(.+)_configs$/.exec(key)?.[1];
  const configurations = integrationsSchema.safeParse(value).data;
  if (kind === undefined || configurations === undefined) return [];
  return configurations.map(({ send_resolved }) => ({
    kind,
    sendsResolved: send_resolved ?? !silentAtTheEnd.includes(kind),
  }));
}
