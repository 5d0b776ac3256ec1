import type { Values } from '../../environment/environment.js';
import { isMap } from '../../releases/values/values.js';

/** A key of a Secret that the operator mounts into Alertmanager's pod. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

export interface AlertmanagerConfiguration {
  readonly configuration: Values;
  /** Files that it names, which have to be written. */
  readonly secrets: readonly SecretKey[];
  /** Templates of notifications, by file name. */
  readonly templates: Readonly<Record<string, string>>;
  /** Of `--enable-feature`. */
  readonly features: readonly string[];
}

export interface AlertmanagerPlaces {
  /** URL of the inbox on this machine. */
  readonly inbox: string;
  /** The path of a secret's file. */
  secretFile(key: SecretKey): string;
  /** Pattern of the templates' paths. */
  readonly templates: string;
}

const mounted = /^\/etc\/alertmanager\/secrets\/([^/]+)\/([^/]+)$/;
const inboxHost = /^https?:\/\/inbox\.monitoring(?:\.svc(?:\.cluster\.local)?)?(?::\d+)?(?=\/|$)/;

/**
 * alertmanager.yml by the values of kube-prometheus-stack: the same routes and receivers, but the inbox is the one on
 * this machine, and mounted secrets are files of ours. Without routes of their own everything goes to the inbox.
 */
export function alertmanagerConfiguration(values: Values, places: AlertmanagerPlaces): AlertmanagerConfiguration {
  const alertmanager = mapAt(values, 'alertmanager');
  const given = mapAt(alertmanager, 'config');
  const isWhole = isMap(given['route']) && Array.isArray(given['receivers']);
  const secrets: SecretKey[] = [];
  const translated = translate(isWhole ? given : everythingToTheInbox, (text) => {
    const [, secret, key] = mounted.exec(text) ?? [];
    if (secret === undefined || key === undefined) return atInbox(text, places.inbox);
    secrets.push({ secret, key });
    return places.secretFile({ secret, key });
  });
  const templates = mapAt(alertmanager, 'templateFiles');
  const features = alertmanager['enableFeatures'];
  return {
    configuration: { ...(isMap(translated) ? translated : {}), templates: [places.templates] },
    secrets,
    templates: Object.fromEntries(
      Object.entries(templates).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    features: Array.isArray(features) ? features.map(String) : [],
  };
}

/** The text with the address of the cluster's inbox turned into that of the one on this machine. */
export function atInbox(text: string, inbox: string): string {
  return text.replace(inboxHost, inbox.replace(/\/$/, ''));
}

const everythingToTheInbox: Values = {
  route: { receiver: 'inbox', group_by: ['alertname', 'namespace'], group_wait: '1s', group_interval: '5s' },
  receivers: [{ name: 'inbox', webhook_configs: [{ url: 'http://inbox.monitoring/alerts', send_resolved: true }] }],
};

function mapAt(values: Values, key: string): Values {
  const value = values[key];
  return isMap(value) ? value : {};
}

function translate(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => translate(item, text));
  if (!isMap(value)) return value;
  // A null takes a key out, as it does for Helm.
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, translate(inner, text)]));
}
