import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlatformError, systemCode } from '../errors.js';
import { asset } from '../paths.js';
import { valuePathPattern } from './values/value-path.js';

const workload = z.strictObject({
  /** Image of the main container, as the chart's defaults name it. */
  image: z.string(),
  replicas: z.int().positive().default(1),
});

const customResource = z.strictObject({
  group: z.string(),
  kind: z.string(),
  plural: z.string(),
  scope: z.enum(['Namespaced', 'Cluster']),
  versions: z.array(z.string()).nonempty(),
});

/** Of the chart's archive, where it was known when the entry was written. */
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .optional();

/** How the chart's CRDs come into the cluster; decided once per chart, see docs/architecture.md. */
const customResourceDefinitions = z.strictObject({
  /** `folder`: the chart's crds/; `switch`: templated behind a value; `helm`: templated, Helm owns them. */
  from: z.enum(['folder', 'switch', 'helm']),
  /** For `switch`: the values that turn the CRDs on. */
  switch: z.record(z.string(), z.unknown()).optional(),
  /** For `switch`: another chart that holds the CRDs, where the chart itself does not (Calico since 3.32). */
  chart: z.strictObject({ repository: z.url(), name: z.string(), version: z.string(), digest }).optional(),
  resources: z.array(customResource).nonempty(),
});

/** A condition of custom resources that others can wait for, or that says when the release itself is ready. */
const conditionFacet = z.strictObject({
  /** Resource as in its definition's name: `clusterissuers.cert-manager.io`. */
  resource: z.string().regex(/^[a-z0-9]+(\.[-a-z0-9]+)+$/),
  version: z.string(),
  /** Type of the condition that must be True. */
  condition: z.string(),
  scope: z.enum(['Namespaced', 'Cluster']),
  /**
   * True: the release's own resources of this kind count for its facet `ready`, too. A list: they are made by its
   * operator; all of them count, and those of these names have to be there.
   */
  ready: z.union([z.boolean(), z.array(z.string()).nonempty()]).default(false),
});

/** Where the release keeps what its users log in with; the Secret is in its namespace. */
const credentials = z.strictObject({
  /** The Secret; of several, the first that is there. */
  secret: z.union([z.string(), z.array(z.string()).nonempty()]),
  /** The key of the user's name, or the name itself; without it the password is all that is asked for. */
  user: z.union([z.strictObject({ key: z.string() }), z.strictObject({ name: z.string() })]).optional(),
  /** The key of the password. */
  password: z.string(),
  /** Ingress, or first word of the host, where one logs in; the name of these credentials without it. */
  url: z.string().optional(),
});

/** Where a provider does not simply install the chart. */
const exception = z.strictObject({
  /** `host`: the provider runs the same work beside the cluster; `never`: it has no place there. */
  run: z.enum(['host', 'never']),
  reason: z.string(),
});

export const catalogueEntrySchema = z.strictObject({
  apiVersion: z.literal('platform/v1alpha1'),
  kind: z.literal('CatalogueEntry'),
  chart: z.union([
    z.strictObject({ bundled: z.string() }),
    z.strictObject({ repository: z.url(), name: z.string(), version: z.string(), digest }),
    z.strictObject({ oci: z.string().startsWith('oci://'), version: z.string(), digest }),
  ]),
  appVersion: z.string().optional(),
  namespace: z.string(),
  /** Pod Security level of the namespace; anything but `restricted` has a reason. */
  podSecurity: z
    .union([
      z.strictObject({ level: z.literal('restricted') }),
      z.strictObject({ level: z.enum(['baseline', 'privileged']), reason: z.string() }),
    ])
    .default({ level: 'restricted' }),
  crds: customResourceDefinitions.optional(),
  /** By the name that a need uses: `issuer` in `cert-manager:issuer/platform-ca`. */
  conditions: z.record(z.string().regex(/^[a-z]+$/), conditionFacet).default({}),
  needs: z.array(z.string()).default([]),
  /** Values that come from files: path in the values to a folder or a file, relative to the entry. */
  files: z.record(z.string().regex(valuePathPattern), z.string()).default({}),
  only: z.enum(['local', 'aws']).optional(),
  providers: z.partialRecord(z.enum(['kind', 'minikube', 'embedded', 'eks']), exception).default({}),
  /** What the chart creates that others can see; facets follow from it, and stand-ins are made of it. */
  objects: z
    .strictObject({
      deployments: z.record(z.string(), workload).default({}),
      statefulSets: z.record(z.string(), workload).default({}),
      daemonSets: z.record(z.string(), workload).default({}),
      services: z
        .record(
          z.string(),
          z.strictObject({
            type: z.enum(['ClusterIP', 'LoadBalancer']).default('ClusterIP'),
            ports: z.record(z.string(), z.int().positive()),
          }),
        )
        .default({}),
      ingressClasses: z.record(z.string(), z.strictObject({ controller: z.string() })).default({}),
      /** Names such as v1beta1.metrics.k8s.io. */
      apiServices: z.array(z.string()).default([]),
      /** Names of admission webhook configurations with failurePolicy Fail. */
      webhooks: z.array(z.string()).default([]),
    })
    .prefault({}),
  /** By the name that people call the app: `grafana`. */
  credentials: z.record(z.string().regex(/^[a-z0-9-]+$/), credentials).default({}),
  /** Known traps, a sentence each, for people and for `platform doctor`. */
  traps: z.array(z.string()).default([]),
});

/** What we know about a public chart, or one of ours: `helm-values/<release>/release.yaml`. */
export type CatalogueEntry = z.infer<typeof catalogueEntrySchema>;

/** Names of all bundled catalogue entries. */
export async function catalogueNames(folder = asset('helm-values')): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Reads one bundled entry; `undefined` when there is none of that name. */
export async function readCatalogueEntry(
  name: string,
  folder = asset('helm-values'),
): Promise<CatalogueEntry | undefined> {
  const file = join(folder, name, 'release.yaml');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const result = catalogueEntrySchema.safeParse(parse(text));
  if (result.success) return result.data;
  throw new PlatformError('unexpected', `the catalogue entry ${file} is not valid`, {
    output: z.prettifyError(result.error),
  });
}
