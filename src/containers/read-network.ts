import { isIPv4 } from 'node:net';
import { z } from 'zod';
import type { ContainerNetwork } from './engine.js';

const dockerSchema = z.object({
  Name: z.string(),
  IPAM: z.object({ Config: z.array(z.object({ Subnet: z.string().optional() })).nullish() }),
  Containers: z.record(z.string(), z.object({ Name: z.string() })).nullish(),
});

const podmanSchema = z.object({
  name: z.string(),
  subnets: z.array(z.object({ subnet: z.string() })).nullish(),
});

/** Reads the answer of `network inspect`. Podman's does not tell the containers in all versions: they are given. */
export function readNetworks(output: string, containers: readonly string[]): ContainerNetwork[] {
  return z
    .array(z.union([dockerSchema, podmanSchema]))
    .parse(JSON.parse(output || '[]'))
    .map((network) =>
      'Name' in network
        ? {
            name: network.Name,
            subnets: ordered((network.IPAM.Config ?? []).flatMap(({ Subnet }) => Subnet ?? [])),
            containers: Object.values(network.Containers ?? {})
              .map(({ Name }) => Name)
              .sort(),
          }
        : {
            name: network.name,
            subnets: ordered((network.subnets ?? []).map(({ subnet }) => subnet)),
            containers: [...containers].sort(),
          },
    );
}

function ordered(subnets: readonly string[]): string[] {
  const isVersion4 = (subnet: string) => isIPv4(subnet.split('/')[0] ?? '');
  return [...subnets.filter(isVersion4), ...subnets.filter((subnet) => !isVersion4(subnet))];
}
