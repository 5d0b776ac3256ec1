import { z } from 'zod';

/** One way in which a receiver is told. */
export interface Integration {
  /** `slack`, `webhook`, `pagerduty`. */
  readonly kind: string;
  /** Whether it is told of the end, too. */
  readonly sendsResolved: boolean;
}

/** One without integrations tells nobody. */
export interface Receiver {
  readonly name: string;
  readonly integrations: readonly Integration[];
}

/** All others send it where nothing is said (Alertmanager, config/notifiers.go); a loaded configuration says it always. */
const silentOfResolved = new Set(['email', 'slack', 'rocketchat', 'wechat']);
const suffix = '_configs';

const integrationsSchema = z.array(z.object({ send_resolved: z.boolean().optional() }));

export const receiverSchema = z.looseObject({ name: z.string() }).transform(({ name, ...rest }): Receiver => {
  const integrations = Object.entries(rest)
    .filter(([key]) => key.endsWith(suffix))
    .flatMap(([key, configs]) => {
      const kind = key.slice(0, -suffix.length);
      return integrationsSchema
        .parse(configs ?? [])
        .map(({ send_resolved }) => ({ kind, sendsResolved: send_resolved ?? !silentOfResolved.has(kind) }));
    });
  return { name, integrations };
});

/** Integrations of receivers by their names. */
export type Receivers = Readonly<Record<string, readonly Integration[]>>;

export function receiversByName(receivers: readonly Receiver[]): Receivers {
  return Object.fromEntries(receivers.map(({ name, integrations }) => [name, integrations]));
}

/** The only receiver with integrations of a kind; `undefined` where there are several or none, or nobody knows. */
export function onlyOneWith(kind: string, receivers: Receivers = {}): string | undefined {
  const names = Object.keys(receivers).filter((name) => receivers[name]?.some((one) => one.kind === kind));
  return names.length === 1 ? names[0] : undefined;
}

/** What makes Alertmanager's counters tell receivers apart, and what to do where it is off. */
export const receiverNames = {
  feature: 'receiver-name-in-metrics',
  fix: 'set `alertmanager.enableFeatures: [receiver-name-in-metrics]` in the values of kube-prometheus-stack',
} as const;
