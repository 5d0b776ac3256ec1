import { z } from 'zod';
import type { LocalSettings } from '../../environment/environment.js';
import type { ClusterMade, Difference } from '../cluster.js';
import { readMadeRecord } from '../made-record.js';
import { minorOf } from '../kind/node-image.js';

/** What is written down when a cluster is complete; without it, it is half made. */
const recordSchema = z.object({
  kubernetes: z.string(),
  at: z.string(),
  ports: z.object({ http: z.number(), https: z.number() }),
  /** What it was asked to be, as far as a present profile cannot become it, in words for people. */
  asked: z.record(z.string(), z.string()),
});

export type MinikubeRecord = z.infer<typeof recordSchema>;

/** The record of a complete cluster; `undefined` where there is none, or it is of another shape. */
export function readRecord(file: string): MinikubeRecord | undefined {
  return readMadeRecord(file, recordSchema);
}

/** What the environment asks of a cluster now. */
export function askedOf({ nodeImage, subnets, cni, size }: LocalSettings): MinikubeRecord['asked'] {
  return {
    'the base image': nodeImage ?? "minikube's own",
    'the pod subnet': subnets.pods,
    'the service subnet': subnets.services,
    'the pod network': cni === 'default' ? "minikube's own" : "not minikube's own",
    'the number of processors': size.cpus === undefined ? 'no limit' : String(size.cpus),
    'the memory': size.memory ?? 'no limit',
  };
}

/** What is different between what was made and what is wanted, where only a new cluster helps. */
export function differencesFrom(
  made: ClusterMade,
  record: MinikubeRecord | undefined,
  local: LocalSettings,
): Difference[] {
  const wanted = askedOf(local);
  const ports = (['http', 'https'] as const).filter((name) => made.ports !== undefined && local.ports[name].isFixed);
  const pairs: readonly Difference[] = [
    ...(local.kubernetes === ''
      ? []
      : [{ what: 'Kubernetes', is: minorOf(made.kubernetes), wanted: local.kubernetes }]),
    ...Object.entries(record?.asked ?? {}).map(([what, is]) => ({ what, is, wanted: wanted[what] ?? is })),
    ...ports.map((name) => ({
      what: `the ${name} port`,
      is: String(made.ports?.[name]),
      wanted: String(local.ports[name].number),
    })),
  ];
  return pairs.filter(({ is, wanted: other }) => is !== other);
}
