import { z } from 'zod';
import type { Notification } from './delivery.js';

const texts = z.looseObject({
  title: z.string().optional(),
  fallback: z.string().optional(),
  text: z.string().optional(),
});

/** What Slack's incoming webhooks take, as far as it is read here. */
export const slackSchema = z.looseObject({
  text: z.string().optional(),
  attachments: z.array(texts).optional(),
  blocks: z.array(z.unknown()).optional(),
});

type SlackMessage = z.infer<typeof slackSchema>;

/** Slack refuses a message that would show nothing. */
export function isEmpty(message: SlackMessage): boolean {
  return !message.text && (message.attachments ?? []).length === 0 && (message.blocks ?? []).length === 0;
}

/**
 * A Slack message has no fields for status and alerts, only words. Alertmanager's templates start the title with
 * `[FIRING:2]` or `[RESOLVED]` and name the alert in it, at a place that depends on how alerts are grouped: so every
 * word of the title that is written like the name of an alert counts as one.
 * @param receiver what stood after `/slack/`
 */
export function readSlack(receiver: string, message: SlackMessage): Notification {
  const title = message.attachments?.map((part) => part.title ?? part.fallback ?? '').join(' ') || (message.text ?? '');
  const status = statusOf(title);
  return {
    kind: 'slack',
    receiver,
    groupKey: null,
    status,
    alerts: alertNames(title).map((name) => ({
      name,
      status,
      labels: { alertname: name },
      annotations: {},
      startsAt: null,
      endsAt: null,
      fingerprint: null,
    })),
    body: message,
  };
}

function statusOf(title: string): Notification['status'] {
  const word = /\[(FIRING|RESOLVED)\b/.exec(title)?.[1];
  if (word === undefined) return 'unknown';
  return word === 'FIRING' ? 'firing' : 'resolved';
}

function alertNames(title: string): string[] {
  const names = title.split(/[\s()[\],]+/).filter((word) => /^[A-Z][a-z0-9]*[A-Z]\w*$/.test(word));
  return [...new Set(names)].filter((name) => !/^[A-Z]+$/.test(name));
}
