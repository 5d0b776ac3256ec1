import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, PlatformError } from '../../errors.js';

const portMapping = z.looseObject({
  containerPort: z.int(),
  hostPort: z.int().optional(),
  listenAddress: z.string().optional(),
});

const node = z.looseObject({
  role: z.enum(['control-plane', 'worker']).default('control-plane'),
  image: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  extraPortMappings: z.array(portMapping).optional(),
});

/** What we read or write of a kind configuration; all else goes through as it is, and kind itself refuses what it does not know. */
const configurationSchema = z.looseObject({
  kind: z.literal('Cluster'),
  apiVersion: z.literal('kind.x-k8s.io/v1alpha4'),
  networking: z
    .looseObject({
      ipFamily: z.string().optional(),
      podSubnet: z.string().optional(),
      serviceSubnet: z.string().optional(),
      disableDefaultCNI: z.boolean().optional(),
    })
    .optional(),
  nodes: z.array(node).optional(),
  featureGates: z.record(z.string(), z.boolean()).optional(),
  kubeadmConfigPatches: z.array(z.string()).optional(),
  containerdConfigPatches: z.array(z.string()).optional(),
});

export type Configuration = z.infer<typeof configurationSchema>;
export type ConfiguredNode = NonNullable<Configuration['nodes']>[number];

/** @throws PlatformError `usage` for a file that cannot be read or is no kind configuration */
export function readConfiguration(file: string): Configuration {
  const result = configurationSchema.safeParse(contentOf(file));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join('.')}` : '';
  throw new PlatformError('usage', `${file} is not a kind configuration: ${issue?.message ?? 'it is empty'}${where}`, {
    suggestions: ['see https://kind.sigs.k8s.io/docs/user/configuration'],
  });
}

function contentOf(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new PlatformError('usage', `the kind configuration ${file} cannot be read: ${messageOf(error)}`, {
      suggestions: ['correct local.kindConfig in the environment file'],
      cause: error,
    });
  }
}
