import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeStandInDefinitions } from '../../../src/releases/definitions/stand-in-definitions.js';
import { send } from '../../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../cluster.js';

const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
let world: Cluster;
beforeEach(async () => {
  world = await cluster();
  add('things.example.org', { 'platform.dev/stand-in': 'true', 'app.kubernetes.io/instance': 'web' });
});
afterEach(() => world.api.close());

function add(name: string, labels: Record<string, string>): void {
  world.api.objects.set(`${collection}/${name}`, { metadata: { name, labels } });
}

const left = () => [...world.api.objects.keys()].map((path) => path.split('/').at(-1));
const remove = () => removeStandInDefinitions(world.api.client, 'web', world.clock, context());

describe('removing the definitions that a stand-in brought', () => {
  it('leaves those of other stand-ins and all real ones', async () => {
    add('routes.example.org', { 'platform.dev/stand-in': 'true', 'app.kubernetes.io/instance': 'traefik' });
    add('real.example.org', { 'app.kubernetes.io/instance': 'web' });
    await remove();
    expect(left()).toEqual(['routes.example.org', 'real.example.org']);
  });

  it('ends only when they are gone: Helm would take an ending one for present', async () => {
    world.api.answer = (response, { method }) => method === 'DELETE' && send(response, 200, {});
    let isGone = false;
    world.onSleep = (elapsed) => {
      isGone = elapsed >= 1_000;
      if (isGone) world.api.objects.clear();
    };
    await remove();
    expect(isGone).toBe(true);
  });
});
