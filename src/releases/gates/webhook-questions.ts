import { formatDuration, type Clock } from '../../clock.js';
import { messageOf } from '../../errors.js';
import type { WebhookVerdict } from '../../kubernetes/ask-webhook.js';

/** What is known of a webhook now. */
export type WebhookStanding =
  | { readonly status: 'proven' }
  /** Not proven, and waiting will not change that. */
  | { readonly status: 'unproven'; readonly reason: string }
  | { readonly status: 'waiting'; readonly reason: string };

interface Question {
  /** Of the webhook as it is; when it changes, everything known of it is void. */
  readonly fingerprint: string;
  readonly seenAt: number;
  firstAskedAt?: number;
  askedAt?: number;
  running?: Promise<void>;
  verdict?: WebhookVerdict;
  tries: number;
  nextAt: number;
}

/** Milliseconds until an API server certainly knows a webhook that was just made, and no longer lets things pass it. */
const noticedMs = 1_000;
const firstDelayMs = 1_000;
const longestDelayMs = 10_000;
/** Milliseconds for which what cannot be tried yet may still become possible: definitions and schemas come late. */
const patienceMs = 10_000;
/** Questions at once: a webhook that does not answer holds a connection for up to half a minute. */
const maxRunning = 4;

/**
 * What the webhooks of one cluster have answered in this run, and when they are asked again. A question runs beside
 * whoever wants to know: a webhook that answers slowly must not stop the one who waits from looking at anything else.
 */
export class WebhookQuestions {
  private readonly questions = new Map<string, Question>();
  private running = 0;
  /** Those who wait for room, first come, first served. */
  private readonly queue: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** Takes note of a webhook as it is now. */
  note(webhook: string, fingerprint: string): void {
    if (this.questions.get(webhook)?.fingerprint === fingerprint) return;
    const seenAt = this.clock.now();
    this.questions.set(webhook, { fingerprint, seenAt, tries: 0, nextAt: seenAt + noticedMs });
  }

  /** Asks if it is time to; resolves when no answer is on its way. Never rejects. */
  ask(webhook: string, question: () => Promise<WebhookVerdict>): Promise<void> {
    const known = this.questions.get(webhook);
    if (!known) return Promise.resolve();
    if (known.running) return known.running;
    const isOpen = this.standing(webhook).status === 'waiting';
    if (!isOpen || this.clock.now() < known.nextAt) return Promise.resolve();
    return (known.running = this.run(known, question));
  }

  standing(webhook: string): WebhookStanding {
    const { verdict, askedAt, firstAskedAt } = this.questions.get(webhook) ?? {};
    const now = this.clock.now();
    if (verdict?.status === 'proven') return verdict;
    if (verdict?.status === 'failed') return { status: 'waiting', reason: verdict.reason };
    if (verdict) {
      const { reason, lasting } = verdict;
      const isFinal = lasting || now - (firstAskedAt ?? now) >= patienceMs;
      return { status: isFinal ? 'unproven' : 'waiting', reason };
    }
    if (askedAt === undefined) return { status: 'waiting', reason: 'not asked yet' };
    return { status: 'waiting', reason: `asked ${formatDuration(now - askedAt)} ago, no answer yet` };
  }

  private async run(known: Question, question: () => Promise<WebhookVerdict>): Promise<void> {
    while (this.running >= maxRunning) await new Promise<void>((resolve) => this.queue.push(resolve));
    const askedAt = this.clock.now();
    known.askedAt = askedAt;
    known.firstAskedAt ??= askedAt;
    known.tries += 1;
    this.running += 1;
    try {
      known.verdict = await question();
    } catch (error) {
      known.verdict = { status: 'failed', reason: messageOf(error) };
    }
    this.running -= 1;
    this.queue.shift()?.();
    const now = this.clock.now();
    const delay = Math.min(firstDelayMs * 2 ** (known.tries - 1), longestDelayMs);
    // At least as long as it took: who answers slowly is asked the less.
    known.nextAt = now + (known.verdict.status === 'failed' ? Math.max(delay, now - askedAt) : firstDelayMs);
    delete known.running;
  }
}
