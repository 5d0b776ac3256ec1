import type { AdmissionWebhook } from './admission-webhooks.js';
import type { ClusterClient } from './client.js';
import type { ClusterView, ConditionedObject, NamespaceObject } from './cluster-view.js';
import type { DiscoveredResource } from './discovery.js';
import { schemaOfKind, schemasOf, type GroupVersionKind, type Schemas } from './open-api.js';

/** What has to be known of a cluster to ask its webhooks. */
export interface WebhookSurroundings {
  readonly client: ClusterClient;
  /** All admission webhooks that there are. */
  readonly webhooks: readonly AdmissionWebhook[];
  readonly namespaces: readonly NamespaceObject[];
  /** Where a sample is put if the webhook is asked about that namespace. */
  readonly namespace: string;
  /** What the API server serves itself: others may not know dry runs, and it does not ask webhooks for them. */
  readonly resources: () => Promise<readonly DiscoveredResource[]>;
  /** The published schemas of a kind's group and version; `undefined` while they do not have the kind. */
  readonly schemas: (kind: GroupVersionKind) => Promise<Schemas | undefined>;
}

interface ApiServiceObject extends ConditionedObject {
  readonly spec?: { readonly group?: string; readonly version?: string; readonly service?: object | null };
}

/** Milliseconds for which what is served counts as known: definitions come while a release is being installed. */
const servedMs = 5_000;
/** Schemas are large, so each is read once as long as nothing changes. */
const published = new WeakMap<ClusterView, { readonly changes: number; readonly schemas: SchemaReads }>();

/** By group and version. */
type SchemaReads = Map<string, Promise<Schemas | undefined>>;

export function surroundingsOf(
  view: ClusterView,
  client: ClusterClient,
  given: Pick<WebhookSurroundings, 'webhooks' | 'namespaces' | 'namespace'>,
): WebhookSurroundings {
  return {
    client,
    ...given,
    async resources() {
      const [resources, services] = await Promise.all([view.discovery(servedMs), view.apiServices(servedMs)]);
      const elsewhere = new Set(
        (services as readonly ApiServiceObject[])
          .filter(({ spec }) => spec?.service)
          .map(({ spec }) => `${spec?.group ?? ''}/${spec?.version ?? ''}`),
      );
      return resources.filter(({ group, version }) => !elsewhere.has(`${group}/${version}`));
    },
    async schemas(kind) {
      const known = knownSchemas(view);
      const key = `${kind.group}/${kind.version}`;
      const before = known.get(key);
      const reading = before ?? schemasOf(client, kind);
      known.set(key, reading);
      try {
        const schemas = await reading;
        if (schemas && schemaOfKind(schemas, kind)) return schemas;
      } catch (error) {
        known.delete(key);
        throw error;
      }
      // A kind that was defined since shows only in a new answer.
      if (known.get(key) === reading) known.delete(key);
      return undefined;
    },
  };
}

function knownSchemas(view: ClusterView): SchemaReads {
  const known = published.get(view);
  if (known?.changes === view.changes) return known.schemas;
  const fresh = { changes: view.changes, schemas: new Map() as SchemaReads };
  published.set(view, fresh);
  return fresh.schemas;
}
