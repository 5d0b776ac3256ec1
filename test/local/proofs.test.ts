import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { readProofs, writeProof } from '../../src/local/proofs.js';
import { cluster, type Cluster } from '../releases/cluster.js';

let world: Cluster;
beforeEach(async () => {
  world = await cluster();
});
afterEach(() => world.api.close());

const { signal } = new AbortController();

describe('what has been proven of a cluster', () => {
  it('is nothing without a cluster, and in a new one', async () => {
    expect(await readProofs(new ClusterView(() => Promise.resolve(undefined), world.clock))).toEqual({});
    expect(await readProofs(world.view)).toEqual({});
  });

  it('is kept in it, each proof by a manager of its own, so that none removes another', async () => {
    await writeProof(world.api.client, 'registry', 'of container 1', signal);
    expect(await readProofs(world.view)).toEqual({ registry: 'of container 1' });
    await writeProof(world.api.client, 'network-policy', 'of Calico', signal);
    const managers = world.api.requests.flatMap(({ query }) => query['fieldManager'] ?? []);
    expect(managers).toEqual(['platform-proof-registry', 'platform-proof-network-policy']);
  });

  it('is read by all steps with one request', async () => {
    await Promise.all([readProofs(world.view), readProofs(world.view)]);
    expect(world.api.requests).toHaveLength(1);
  });
});
