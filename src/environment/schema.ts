import { z } from 'zod';
import { intents } from '../../assets/apps/src/reaper/intent.js';
import { conditionFacetPattern } from '../releases/gates/facets.js';
import { valuePathPattern } from '../releases/values/value-path.js';
import { drills } from './drill-schema.js';
import { facets } from './environment.js';
import { namespaces } from './namespace-schema.js';
import { labelOf, text } from './schema-text.js';
import { secrets } from './secret-schema.js';

/** What an environment may be called; it ends up in paths, hosts, contexts and labels, and is its Lease's name. */
export const environmentName = labelOf(20).refine(
  (name) => name !== intents.reaper,
  'any other name: the program that takes drills back has a Lease of this one',
);

const named = <T extends z.ZodType>(value: T) => z.record(labelOf(53), value).nullable();

const port = z.int('a port from 1 to 65535').min(1, 'a port from 1 to 65535').max(65_535, 'a port from 1 to 65535');
const registryHost = text('the host of a registry, such as docker.io', /^[a-z0-9.-]+(:\d+)?$/);
const subnet = text('a network in CIDR notation, such as 10.244.0.0/16', /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/);
const kubernetes = text('a minor version in quotes, such as "1.36"', /^1\.\d{1,2}$/);
const exactVersion = text('an exact version in quotes, such as "1.4.2"', /^v?\d+\.\d+\.\d+([-+][-+.0-9A-Za-z]+)?$/);
const values = z.record(z.string(), z.unknown(), 'a map of Helm values').nullable();
const overlay = z.strictObject({
  values: values.optional().describe('Helm values for this target only; they win over the common ones'),
});

const chart = z
  .union([
    text('the name of a bundled chart, ./folder, oci://registry/chart:version, or a map').describe(
      'A bundled chart (service), a folder (./charts/portal, relative to this file), or oci://registry/chart:version',
    ),
    z.strictObject({
      repository: text('the URL of a chart repository', /^(https?|oci):\/\/\S+$/).describe(
        'URL of the chart repository',
      ),
      name: text('the name of a chart').describe('Name of the chart in the repository'),
      version: exactVersion.describe('Exact version of the chart, in quotes'),
    }),
  ])
  .describe('The Helm chart; not needed for releases the catalogue knows');

const need = text(`release:facet, the facet one of ${facets.join(', ')}, or a condition and its object`).meta({
  pattern: `^[a-z][-a-z0-9]*:(${facets.join('|')}|${conditionFacetPattern})$`,
  examples: ['postgres:ready', 'cert-manager:webhook', 'cert-manager:issuer/platform-ca'],
});

const podSecurity = z.union(
  [
    z.strictObject({ level: z.literal('restricted').describe('What nearly every application can run with') }),
    z.strictObject({
      level: z.enum(['baseline', 'privileged']).describe('A looser level of the Pod Security Standards'),
      reason: text('why its pods need more than restricted allows').describe('Why its pods need it'),
    }),
  ],
  '{ level: restricted }, or { level: baseline or privileged, reason: why }',
);

const needs = z.array(need).nullable();

const partOverlay = z.strictObject({
  values: values.optional().describe('Helm values while the part is on; they win over those for the target'),
  needs: needs.optional().describe('What must be there first while the part is on'),
});

const files = z.record(
  text('a path in the values, such as rules or grafana.files', valuePathPattern),
  text('a folder or a file, relative to this file'),
  'a map of paths in the values to folders and files',
);

const release = z
  .strictObject({
    enabled: z.boolean().optional().describe('false leaves out a release that the blueprint brings'),
    chart: chart.optional(),
    namespace: labelOf(63).optional().describe('Namespace it is installed in; the catalogue gives the default'),
    podSecurity: podSecurity
      .optional()
      .describe('Pod Security level of its namespace; restricted by default, anything looser with a reason'),
    image: z.string().optional().describe('Name under images: of the image this release runs'),
    needs: needs
      .optional()
      .describe(
        'What must be there first, as release:facet or release:condition/object; added to what the catalogue and the blueprint say',
      ),
    files: files
      .nullable()
      .optional()
      .describe(
        'Values that come from files (relative to this file): of a folder a map of file names to texts, of a file its text; values win over them',
      ),
    values: values.optional().describe('Helm values; maps are merged with weaker layers, lists replace them'),
    only: z.enum(['local', 'aws']).optional().describe('Install it on this target only'),
    local: overlay.nullable().optional().describe('What differs on the local target'),
    aws: overlay.nullable().optional().describe('What differs on AWS'),
    part: labelOf(53).optional().describe('The optional part it belongs to; it is left out while the part is off'),
    parts: z
      .record(labelOf(53), partOverlay.nullable(), 'a map of parts')
      .nullable()
      .optional()
      .describe('What differs while an optional part is on, by the name of the part'),
  })
  .nullable()
  .describe('A Helm release; {} takes all from the catalogue');

const image = z
  .strictObject({
    context: text('a folder, relative to this file').describe('Build context: a folder, relative to this file'),
    dockerfile: z.string().optional().describe('Dockerfile in the context, if not called Dockerfile'),
    target: z.string().optional().describe('Stage of the Dockerfile to build; the last one by default'),
    args: z
      .record(z.string(), z.string('a text; put numbers in quotes'), 'a map of build arguments')
      .nullable()
      .optional()
      .describe('Build arguments'),
    platforms: z
      .array(text('a platform, such as linux/arm64', /^linux\/[a-z0-9]+(\/v\d)?$/))
      .nullable()
      .optional()
      .describe("Platforms to build for; by default the container engine's own"),
  })
  .describe('An image built from source');

const local = z.strictObject({
  provider: z
    .enum(['auto', 'kind', 'minikube', 'embedded'])
    .optional()
    .describe(
      'What makes the cluster; auto takes kind where Docker or Podman answers, else embedded; minikube only by name',
    ),
  kubernetes: kubernetes.optional().describe('Kubernetes minor version, in quotes: "1.36"'),
  workers: z
    .int()
    .min(0)
    .max(50)
    .optional()
    .describe('Worker nodes beside the control plane; minikube has one node for all'),
  ports: z
    .strictObject({
      http: port.optional().describe('Port on 127.0.0.1 for HTTP; by default 80, or a free one from 8080 on'),
      https: port.optional().describe('Port on 127.0.0.1 for HTTPS; by default 443, or a free one from 8443 on'),
    })
    .nullable()
    .optional()
    .describe('Ports on this machine that lead to the ingress'),
  registry: z
    .strictObject({
      port: port.optional().describe('Port on 127.0.0.1; by default 5001, or the next free one'),
      caches: z
        .array(registryHost)
        .nullable()
        .optional()
        .describe('Registries to keep a pull-through cache of on this machine: docker.io, quay.io, ghcr.io'),
    })
    .nullable()
    .optional()
    .describe('The local image registry'),
  cni: text('calico, default, none, or the path or URL of a manifest')
    .optional()
    .describe('Pod network: calico, default (of the provider), none, or the path or URL of a manifest'),
  subnets: z
    .strictObject({
      pods: subnet.optional().describe('Addresses of pods, in CIDR notation'),
      services: subnet.optional().describe('Addresses of Services, in CIDR notation'),
    })
    .nullable()
    .optional()
    .describe('Networks inside the cluster; change them where they collide with one of yours'),
  mirrors: z
    .record(registryHost, text('the URL of a registry mirror, or local', /^(local|https?:\/\/\S+)$/))
    .nullable()
    .optional()
    .describe(
      'Where nodes pull images of a registry from instead: { docker.io: https://mirror.example }, or local for the local registry',
    ),
  charts: text('a folder, or oci://registry/path')
    .optional()
    .describe('Where public charts come from instead: a folder (relative to this file) or oci://registry/path'),
  nodeImage: text('an image reference')
    .optional()
    .describe("Image of kind's nodes (or minikube's base image) instead of the pinned one"),
  kindConfig: text('a file, relative to this file')
    .optional()
    .describe('A kind configuration of your own (relative to this file), merged with what the environment needs'),
  authorities: z
    .array(text('a PEM file, relative to this file'))
    .nullable()
    .optional()
    .describe(
      'Certificate authorities that nodes and pods trust as well, such as that of a corporate proxy: PEM files, relative to this file',
    ),
  size: z
    .strictObject({
      cpus: z.int('a number of processors').min(2, 'at least 2').optional().describe('Processors of the node'),
      memory: text('an amount of memory, such as 4g', /^\d+(m|g|mb|gb)$/i)
        .optional()
        .describe('Memory of the node'),
    })
    .nullable()
    .optional()
    .describe('How large minikube makes its node; the nodes of kind share what the engine has'),
});

const aws = z.strictObject({
  account: text('12 digits in quotes, such as "123456789012"', /^\d{12}$/)
    .optional()
    .describe('AWS account, in quotes; compared with the caller before anything happens'),
  region: text('a region, such as eu-north-1', /^[a-z]{2}(-[a-z]+)+-\d$/)
    .optional()
    .describe('AWS region'),
  domain: text('a domain name', /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/)
    .optional()
    .describe('Public domain of the environment on AWS; domain: at the top is used without it'),
  kubernetes: kubernetes.optional().describe('Kubernetes minor version on EKS, in quotes'),
  database: z
    .strictObject({
      engine: z.enum(['postgres', 'mysql']).describe('Database engine'),
      class: text('an RDS instance class, such as db.t4g.micro', /^db\.[a-z0-9]+\.[a-z0-9]+$/).describe(
        'RDS instance class',
      ),
    })
    .nullable()
    .optional()
    .describe('The managed database (RDS)'),
});

const header = {
  apiVersion: z.literal('platform/v1alpha1').describe('Version of this format'),
  kind: z.literal('Environment').describe('What this file describes'),
};

const content = {
  domain: text(
    'a name under localhost, local, test or internal (our certificate authority signs no other; a public one goes to aws.domain)',
    /^((\{environment\}|[a-z0-9]([-a-z0-9]*[a-z0-9])?)\.)*(localhost|local|test|internal)$/,
  )
    .max(200)
    .optional()
    .describe(
      'Domain of everything that is served, {environment} standing for its name; {environment}.localhost by default',
    ),
  protect: z.boolean().optional().describe('true: destroy refuses until this is taken out'),
  local: local.nullable().optional().describe('The local replica'),
  aws: aws.nullable().optional().describe('The AWS environment'),
  images: named(image).optional().describe('Images built from source, by name'),
  releases: named(release).optional().describe('Helm releases, by name'),
  drills: drills.optional().describe('Failure simulations, by name'),
  parts: z
    .array(labelOf(53))
    .nullable()
    .optional()
    .describe('Optional parts that are on, such as logging or tracing; --with adds to them'),
  namespaces: namespaces.optional().describe('What namespaces of releases are given beside their labels, by name'),
  secrets: secrets.optional().describe('Secrets to be made in the cluster before the releases that read them, by name'),
};

/** `assets/blueprints/<name>.yaml`. */
export const blueprintSchema = z.strictObject({ ...header, ...content });

/** `platform.yaml`. */
export const environmentFileSchema = z
  .strictObject({
    ...header,
    name: environmentName.describe('Name of the environment: a DNS label of at most 20 characters'),
    blueprint: z.string().optional().describe('Bundled environment to start from; what is written here wins over it'),
    ...content,
  })
  .meta({ title: 'platform environment', description: 'One environment, for a local cluster and for AWS' });

export type EnvironmentFile = z.infer<typeof environmentFileSchema>;
export type ReleaseContent = NonNullable<NonNullable<EnvironmentFile['releases']>[string]>;
