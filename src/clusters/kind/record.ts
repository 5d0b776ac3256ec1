import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LocalSettings } from '../../environment/environment.js';
import type { ClusterMade, Difference } from '../cluster.js';
import { readMadeRecord } from '../made-record.js';
import { minorOf } from './node-image.js';
import type { Configuration } from './user-configuration.js';

const servedPorts = z.object({ http: z.number(), https: z.number() });

/** What is written down when a cluster is complete; without it, it is half made. */
const recordSchema = z.object({
  kubernetes: z.string(),
  nodes: z.number(),
  at: z.string(),
  ports: servedPorts,
  /** What it was asked to be, as far as a present cluster cannot become it. */
  asked: z.object({
    nodeImage: z.string().optional(),
    pods: z.string(),
    services: z.string(),
    hasDefaultNetwork: z.boolean(),
    /** Of the user's own kind configuration. */
    kindConfig: z.string().optional(),
  }),
});

export type KindRecord = z.infer<typeof recordSchema>;

/** The record of a complete cluster; `undefined` where there is none, or it is of another shape. */
export function readRecord(file: string): KindRecord | undefined {
  return readMadeRecord(file, recordSchema);
}

/** What the environment asks of a cluster now; `own` is the content of the user's kind configuration. */
export function askedOf(local: LocalSettings, own: Configuration | undefined): KindRecord['asked'] {
  return {
    ...(local.nodeImage !== undefined && { nodeImage: local.nodeImage }),
    pods: local.subnets.pods,
    services: local.subnets.services,
    hasDefaultNetwork: local.cni === 'default',
    ...(own && { kindConfig: createHash('sha256').update(JSON.stringify(own)).digest('hex').slice(0, 16) }),
  };
}

/** What is different between what was made and what is wanted, where only a new cluster helps. */
export function differencesFrom(
  made: ClusterMade,
  record: KindRecord | undefined,
  wanted: { readonly local: LocalSettings; readonly own: Configuration | undefined; readonly nodes: number },
): Difference[] {
  const { local, own, nodes } = wanted;
  const asked = askedOf(local, own);
  const was = record?.asked ?? asked;
  const differences = [
    local.nodeImage === undefined &&
      local.kubernetes !== '' &&
      difference('Kubernetes', minorOf(made.kubernetes), local.kubernetes),
    difference('the number of nodes', made.nodes, nodes),
    difference('the node image', was.nodeImage ?? 'the pinned one', asked.nodeImage ?? 'the pinned one'),
    difference('the pod subnet', was.pods, asked.pods),
    difference('the service subnet', was.services, asked.services),
    difference('the pod network', networkName(was), networkName(asked)),
    difference('the kind configuration', was.kindConfig ?? 'none', asked.kindConfig ?? 'none', {
      is: was.kindConfig === undefined ? 'the shipped one alone' : 'an earlier content',
      wanted: local.kindConfig ?? 'the shipped one alone',
    }),
    ...(['http', 'https'] as const).map(
      (name) =>
        made.ports !== undefined &&
        local.ports[name].isFixed &&
        difference(`the ${name} port`, made.ports[name], local.ports[name].number),
    ),
  ];
  return differences.filter((found) => found !== false && found !== undefined);
}

function difference(
  what: string,
  is: string | number,
  wanted: string | number,
  words: { readonly is: string; readonly wanted: string } = { is: String(is), wanted: String(wanted) },
): Difference | undefined {
  return is === wanted ? undefined : { what, ...words };
}

function networkName({ hasDefaultNetwork }: KindRecord['asked']): string {
  return hasDefaultNetwork ? "kind's own" : "not kind's own";
}
