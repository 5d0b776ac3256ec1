import type { Release } from '../../environment/environment.js';
import {
  isRequired,
  readWebhooks,
  webhookLabel,
  webhookPaths,
  type AdmissionWebhook,
  type WebhookConfiguration,
  type WebhookType,
} from '../../kubernetes/admission-webhooks.js';
import { askWebhook } from '../../kubernetes/ask-webhook.js';
import type { ClusterView } from '../../kubernetes/cluster-view.js';
import { surroundingsOf } from '../../kubernetes/webhook-surroundings.js';
import type { Probe } from './facet-probes.js';
import { releaseKey } from '../helm/observed.js';
import { webhookBackends, type WebhookBackends } from './webhook-backends.js';
import { WebhookQuestions, type WebhookStanding } from './webhook-questions.js';

/** Milliseconds for which a probe waits for answers: most come within a few, and are known at once then. */
const answerMs = 500;
const maxReasons = 3;

/** What was asked in this run, by the view that the run has of its cluster. */
const asked = new WeakMap<ClusterView, WebhookQuestions>();

/**
 * Whether every admission webhook with failurePolicy Fail that a release brings answers: its service has endpoints, its
 * caBundle is valid, and the API server got an answer of it in a dry run. Dry runs are made only while somebody waits
 * (`maxAgeMs` is given); who only looks is told that nothing has changed, or that they are still to be made.
 */
export async function webhooksProven(view: ClusterView, release: Release, maxAgeMs?: number): Promise<Probe> {
  const configurations = await configurationsIn(view, maxAgeMs);
  const names = expectedNames(release);
  const absent = names.find((name) => !configurations.some(({ object }) => object.metadata.name === name));
  if (absent !== undefined) return { met: false, waitingFor: `webhook configuration ${absent}: not there yet` };
  const webhooks = configurations.flatMap(({ type, object }) => readWebhooks(type, object));
  const own = webhooks.filter((webhook) => isRequired(webhook) && isOwn(webhook, release, names));
  if (own.length === 0) return { met: true, detail: 'no webhook with failurePolicy Fail' };

  const backends = await webhookBackends(view, maxAgeMs);
  const questions = questionsOf(view);
  for (const webhook of own) questions.note(webhookLabel(webhook), fingerprintOf(webhook, backends));
  const looks = await Promise.all(
    own.map(async (webhook) => ({ label: webhookLabel(webhook), problem: await backends.problemOf(webhook.settings) })),
  );
  const problems = looks.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}`]));
  if (problems.length > 0) {
    const unready = (await view.workloads(maxAgeMs)).filter(
      (workload) => workload.release === releaseKey(release) && workload.waitingFor !== undefined,
    );
    return { met: false, waitingFor: firstOf(problems), workloads: unready };
  }

  if (maxAgeMs === undefined && view.changes === 0) {
    return { met: true, detail: `${count(own)} with endpoints and certificates, not asked: nothing has changed` };
  }
  if (maxAgeMs !== undefined) await askAll(own, { view, release, webhooks, questions, maxAgeMs });
  return summaryOf(
    own.map((webhook) => ({ label: webhookLabel(webhook), ...questions.standing(webhookLabel(webhook)) })),
  );
}

async function askAll(
  own: readonly AdmissionWebhook[],
  {
    view,
    release,
    webhooks,
    questions,
    maxAgeMs,
  }: {
    readonly view: ClusterView;
    readonly release: Release;
    readonly webhooks: readonly AdmissionWebhook[];
    readonly questions: WebhookQuestions;
    readonly maxAgeMs: number;
  },
): Promise<void> {
  const [client, namespaces] = await Promise.all([view.connection(), view.namespaces(maxAgeMs)]);
  if (!client) return;
  const surroundings = surroundingsOf(view, client, { webhooks, namespaces, namespace: release.namespace });
  const answers = own.map((webhook) => questions.ask(webhookLabel(webhook), () => askWebhook(webhook, surroundings)));
  const enough = new AbortController();
  const pause = view.clock.sleep(answerMs, enough.signal).catch(() => undefined);
  await Promise.race([Promise.all(answers), pause]);
  enough.abort();
}

function summaryOf(standings: readonly ({ readonly label: string } & WebhookStanding)[]): Probe {
  const told = (status: WebhookStanding['status']) =>
    standings.flatMap((standing) =>
      standing.status === status && standing.status !== 'proven' ? [`${standing.label}: ${standing.reason}`] : [],
    );
  const waiting = told('waiting');
  if (waiting.length > 0) return { met: false, waitingFor: firstOf(waiting) };
  const unproven = told('unproven');
  if (unproven.length === 0) return { met: true, detail: `${count(standings)} proven` };
  const proven = standings.length - unproven.length;
  const more = unproven.length > maxReasons ? `; and ${String(unproven.length - maxReasons)} more` : '';
  const reasons = unproven.slice(0, maxReasons).join('; ') + more;
  return { met: true, detail: `${String(proven)} of ${count(standings)} proven; ${reasons}` };
}

async function configurationsIn(
  view: ClusterView,
  maxAgeMs: number | undefined,
): Promise<{ readonly type: WebhookType; readonly object: WebhookConfiguration }[]> {
  const types: readonly WebhookType[] = ['mutating', 'validating'];
  const lists = await Promise.all(
    types.map(async (type) => {
      const objects = await view.list<WebhookConfiguration>(webhookPaths[type], maxAgeMs);
      return objects.map((object) => ({ type, object }));
    }),
  );
  return lists.flat();
}

function expectedNames({ contents, catalogue }: Release): readonly string[] {
  return contents?.webhooks.map(({ configuration }) => configuration) ?? catalogue?.objects.webhooks ?? [];
}

// Hooks of a chart and what its programs make carry no annotations of Helm; those are known by name.
function isOwn(webhook: AdmissionWebhook, release: Release, names: readonly string[]): boolean {
  if (webhook.release !== undefined) return webhook.release === releaseKey(release);
  return names.includes(webhook.configuration);
}

function fingerprintOf(webhook: AdmissionWebhook, backends: WebhookBackends): string {
  return `${webhook.revision} ${backends.endpointsOf(webhook.settings).join(' ')}`;
}

function questionsOf(view: ClusterView): WebhookQuestions {
  const known = asked.get(view) ?? new WebhookQuestions(view.clock);
  asked.set(view, known);
  return known;
}

function firstOf([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} (and ${String(others.length)} more)`;
}

function count({ length }: readonly unknown[]): string {
  return `${String(length)} ${length === 1 ? 'webhook' : 'webhooks'}`;
}
