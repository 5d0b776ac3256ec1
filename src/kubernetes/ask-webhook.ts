import { messageOf } from '../errors.js';
import { webhookUrl, type AdmissionWebhook } from './admission-webhooks.js';
import { ApiError } from './api-errors.js';
import { readRefusal } from './webhook-answer.js';
import { isAskedAbout, targetsOf, type WebhookTarget } from './webhook-targets.js';
import type { WebhookSurroundings } from './webhook-surroundings.js';
import { trialOf, type WebhookTrial } from './webhook-trial.js';

/** What asking a webhook has shown. */
export type WebhookVerdict =
  /** The API server has got an answer of it. */
  | { readonly status: 'proven' }
  /** The API server could not get one, and refuses for it what it would be asked about. */
  | { readonly status: 'failed'; readonly reason: string }
  /** Nothing could be tried that shows either; `lasting` when asking again would show no more. */
  | { readonly status: 'unproven'; readonly reason: string; readonly lasting: boolean };

/** Different things that are tried for one webhook, at most: each is a request. */
const maxTrials = 6;
/** Milliseconds: above the minute after which the API server gives a request up itself. */
const answerTimeoutMs = 65_000;

/**
 * Lets the API server ask a webhook, by dry runs of things that its rules match, until one of them shows whether it
 * answers. Nothing is changed.
 */
export async function askWebhook(
  webhook: AdmissionWebhook,
  surroundings: WebhookSurroundings,
): Promise<WebhookVerdict> {
  const { sideEffects = 'None', rules = [] } = webhook.settings;
  if (sideEffects === 'Some' || sideEffects === 'Unknown') return notAsked('it has side effects', true);
  const operations = new Set(rules.flatMap((rule) => rule.operations ?? []));
  if ([...operations].every((operation) => operation === 'CONNECT')) {
    return notAsked('it wants to know of connections only', true);
  }
  const unproven: Extract<WebhookVerdict, { status: 'unproven' }>[] = [];
  for (const target of targetsOf(webhook, await surroundings.resources()).slice(0, maxTrials)) {
    const verdict = await tryTarget(webhook, target, surroundings);
    if (verdict.status !== 'unproven') return verdict;
    unproven.push(verdict);
  }
  const [first] = unproven;
  if (!first) return notAsked('nothing that its rules name can be tried here', false);
  return { ...first, lasting: unproven.every(({ lasting }) => lasting) };
}

async function tryTarget(
  webhook: AdmissionWebhook,
  target: WebhookTarget,
  surroundings: WebhookSurroundings,
): Promise<WebhookVerdict> {
  const trial = await trialOf(webhook, target, surroundings);
  if ('impossible' in trial) return notAsked(trial.impossible, trial.lasting);
  try {
    await surroundings.client.dryRun({ ...trial.write, answerTimeoutMs });
  } catch (error) {
    return judge(error, { webhook, target, trial, webhooks: surroundings.webhooks });
  }
  return accepted(webhook, trial.what);
}

interface Refused {
  readonly webhook: AdmissionWebhook;
  readonly target: WebhookTarget;
  readonly trial: WebhookTrial;
  readonly webhooks: readonly AdmissionWebhook[];
}

function judge(error: unknown, { webhook, target, trial, webhooks }: Refused): WebhookVerdict {
  const { what } = trial;
  if (!(error instanceof ApiError)) return { status: 'failed', reason: causesOf(error) };
  const words = error.message.replace(/^the API server refused \S+ \S+: /, '');
  const answer = readRefusal(words);
  // A configuration of the other type often has a webhook of the same name, and then the name does not tell them apart.
  const namesakes = webhooks.filter(
    (other) => other !== webhook && other.settings.name === webhook.settings.name && isAskedAbout(other, target),
  );
  switch (answer.kind) {
    case 'denied':
      if (answer.webhook !== webhook.settings.name) {
        return notAsked(`${what} was denied by another webhook, "${answer.webhook}"`, true);
      }
      if (namesakes.length > 0) return notAsked(`${what} was denied, perhaps by another webhook of its name`, true);
      return { status: 'proven' };
    case 'failed':
      if (isOwnFailure(answer)) return { status: 'failed', reason: answer.reason };
      return notAsked(`${what} needs another webhook, "${answer.webhook}", too: ${answer.reason}`, false);
    case 'undryable':
      if (answer.webhook === webhook.settings.name) return notAsked('it has side effects', true);
      return notAsked(`${what} needs another webhook, "${answer.webhook}", too, which has side effects`, true);
    case 'afterwards':
      return accepted(webhook, what);
    case 'other':
      // Only after all mutating webhooks is an object compared with its schema and with the rules of its kind.
      if (error.status === 422 && webhook.type === 'mutating') return accepted(webhook, what);
      if (error.status >= 500) return { status: 'failed', reason: words };
      return notAsked(`${what} was refused before: ${words}`, trial.isInformed && [400, 422].includes(error.status));
  }

  function isOwnFailure(failure: { readonly webhook: string; readonly url: string | undefined }): boolean {
    if (failure.webhook !== webhook.settings.name) return false;
    return namesakes.length === 0 || failure.url === undefined || failure.url === webhookUrl(webhook);
  }
}

// Nothing is let through before every webhook with failurePolicy Fail has answered that its own conditions do not leave out.
function accepted(webhook: AdmissionWebhook, what: string): WebhookVerdict {
  if ((webhook.settings.matchConditions ?? []).length > 0) {
    const reason = `not proven: ${what} was accepted, but its matchConditions may have left it out`;
    return { status: 'unproven', reason, lasting: true };
  }
  return { status: 'proven' };
}

function notAsked(reason: string, lasting: boolean): Extract<WebhookVerdict, { status: 'unproven' }> {
  return { status: 'unproven', reason: `not asked: ${reason}`, lasting };
}

function causesOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? `: ${messageOf(error.cause)}` : '';
  return messageOf(error) + cause;
}
