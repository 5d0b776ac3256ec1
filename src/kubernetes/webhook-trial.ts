import type { AdmissionWebhook } from './admission-webhooks.js';
import type { DryRun } from './client.js';
import { collectionPath, resourceName } from './discovery.js';
import { labelsFor, matchesSelector, type Labels } from './label-selector.js';
import type { ObjectMeta } from './objects.js';
import { sampleObject } from './sample-object.js';
import type { WebhookSurroundings } from './webhook-surroundings.js';
import type { WebhookTarget } from './webhook-targets.js';

/** A dry run about which the API server has to ask a webhook. */
export interface WebhookTrial {
  readonly write: Omit<DryRun, 'answerTimeoutMs'>;
  /** A noun phrase: `a sample of certificates.cert-manager.io`. */
  readonly what: string;
  /** Made with all that can be known, so it is no better the next time. */
  readonly isInformed: boolean;
}

/** Why there is none; `lasting` when the next time will be no better. */
export interface ImpossibleTrial {
  readonly impossible: string;
  readonly lasting: boolean;
}

type Surroundings = Pick<WebhookSurroundings, 'client' | 'namespaces' | 'namespace' | 'schemas'>;

/** Objects among which one to be updated or deleted is looked for, at most. */
const maxObjects = 100;
const mark = { 'platform.dev/webhook-proof': 'dry-run' };

export function trialOf(
  webhook: AdmissionWebhook,
  target: WebhookTarget,
  surroundings: Surroundings,
): Promise<WebhookTrial | ImpossibleTrial> {
  return target.operation === 'CREATE'
    ? creation(webhook, target, surroundings)
    : changeOfExisting(webhook, target, surroundings);
}

async function creation(
  webhook: AdmissionWebhook,
  { resource }: WebhookTarget,
  { namespaces, namespace: preferred, schemas }: Surroundings,
): Promise<WebhookTrial | ImpossibleTrial> {
  const { namespaceSelector, objectSelector } = webhook.settings;
  const name = resourceName(resource);
  // The labels of a namespace decide for what is in it, and for itself; nothing decides for what is in no namespace.
  const labels = labelsFor([objectSelector, ...(isNamespace(resource) ? [namespaceSelector] : [])]);
  if (!labels) return { impossible: `no labels match its objectSelector`, lasting: true };
  const namespace = resource.namespaced ? matching() : undefined;
  if (resource.namespaced && namespace === undefined) {
    return { impossible: 'no namespace matches its namespaceSelector', lasting: true };
  }
  const published = await schemas(resource);
  const body = sampleObject(resource, published, { labels, ...(namespace !== undefined && { namespace }) });
  return {
    write: { method: 'POST', path: collectionPath(resource, namespace), body },
    what: `a sample of ${name}`,
    isInformed: published !== undefined,
  };

  function matching(): string | undefined {
    const names = namespaces
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .filter(({ metadata }) => matchesSelector(namespaceSelector, metadata.labels))
      .map(({ metadata }) => metadata.name);
    const ordinary = names.filter((candidate) => !candidate.startsWith('kube-'));
    return [preferred, 'default'].find((candidate) => names.includes(candidate)) ?? ordinary[0] ?? names[0];
  }
}

async function changeOfExisting(
  webhook: AdmissionWebhook,
  { resource, subresource, operation }: WebhookTarget,
  { client, namespaces }: Surroundings,
): Promise<WebhookTrial | ImpossibleTrial> {
  const { namespaceSelector, objectSelector } = webhook.settings;
  const name = resourceName(resource);
  const objects = await client.list(`${collectionPath(resource)}?limit=${String(maxObjects)}`, { metadataOnly: true });
  const found = objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined && isInReach(metadata))
    .map(({ metadata }) => ({ metadata, labels: missingLabels(metadata) }))
    .find(({ labels }) => labels !== undefined);
  if (!found) {
    const what = operation === 'UPDATE' ? 'updated' : 'deleted';
    return { impossible: `there is no object of ${name} that could be ${what}`, lasting: false };
  }
  const { metadata, labels } = found;
  const path = `${collectionPath(resource, metadata.namespace)}/${metadata.name}`;
  const whole = `${name} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
  if (operation === 'DELETE') {
    return { write: { method: 'DELETE', path }, what: `a deletion of ${whole}`, isInformed: true };
  }
  return {
    write: {
      method: 'PATCH',
      path: subresource === undefined ? path : `${path}/${subresource}`,
      body: { metadata: { annotations: mark, labels } },
    },
    what: `an update of ${whole}`,
    isInformed: true,
  };

  function isInReach(metadata: ObjectMeta): boolean {
    if (isNamespace(resource)) return matchesSelector(namespaceSelector, metadata.labels);
    if (!resource.namespaced) return true;
    const around = namespaces.find((namespace) => namespace.metadata.name === metadata.namespace);
    return around !== undefined && matchesSelector(namespaceSelector, around.metadata.labels);
  }

  // A webhook is asked when it selects what the object is or what it would be, so an update may add what is missing.
  function missingLabels({ labels: present = {} }: ObjectMeta): Labels | undefined {
    // Below a resource there are kinds that do not carry its labels, such as Scale.
    const isLabelled = subresource === undefined || subresource === 'status' || matchesSelector(objectSelector, {});
    if (matchesSelector(objectSelector, present)) return isLabelled ? {} : undefined;
    const more = labelsFor([objectSelector]);
    const isAddable = operation === 'UPDATE' && subresource === undefined;
    return isAddable && more && matchesSelector(objectSelector, { ...present, ...more }) ? more : undefined;
  }
}

function isNamespace({ group, plural }: { readonly group: string; readonly plural: string }): boolean {
  return group === '' && plural === 'namespaces';
}
