import { z } from 'zod';
import { labelOf, text } from './schema-text.js';

/** A ResourceQuota counts these by their own names, and `count/…`, storage classes and extended resources by longer ones. */
const countedResources = [
  ...['cpu', 'memory', 'ephemeral-storage', 'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets'],
  ...['configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers'],
  ...['requests', 'limits'].flatMap((kind) => ['cpu', 'memory', 'ephemeral-storage'].map((name) => `${kind}.${name}`)),
  'requests.storage',
];
const counted = new RegExp(
  `^(${countedResources.join('|').replaceAll('.', '\\.')}|(requests\\.|limits\\.)?hugepages-\\w+|[-.a-zA-Z0-9]+/[-.\\w]+)$`,
);

const quantity = text('a quantity in quotes, such as "60", "500m" or "8Gi"', /^\d+(\.\d+)?([numkMGTPE]|[KMGTPE]i)?$/);

const ofContainers = z
  .record(
    text(
      'cpu, memory, ephemeral-storage, or the full name of another resource',
      /^(cpu|memory|ephemeral-storage|hugepages-\w+|[-.a-zA-Z0-9]+\/[-.\w]+)$/,
    ),
    quantity.nullable(),
  )
  .nullable();

const namespace = z
  .strictObject({
    isolated: z
      .boolean()
      .optional()
      .describe('true: nothing goes in or out of its pods but what a NetworkPolicy of a release allows, not even DNS'),
    quota: z
      .record(
        text('what a ResourceQuota counts, such as pods, requests.cpu, limits.memory or count/jobs.batch', counted),
        quantity.nullable(),
      )
      .nullable()
      .optional()
      .describe('What all of it together may use, as in a ResourceQuota: { pods: "60", requests.cpu: "4" }'),
    defaults: z
      .strictObject({
        requests: ofContainers.optional().describe('Requests of containers that name none'),
        limits: ofContainers.optional().describe('Limits of containers that name none'),
      })
      .nullable()
      .optional()
      .describe('What a container gets that says nothing of its own, as in a LimitRange'),
  })
  .nullable()
  .describe('A namespace that releases are installed in; null takes out what the blueprint says of it');

/** `namespaces:` of an environment file. */
export const namespaces = z.record(labelOf(63), namespace).nullable();
