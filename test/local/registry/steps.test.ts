import { describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { systemClock } from '../../../src/clock.js';
import { defaultLocalSettings } from '../../../src/environment/settings.js';
import { registrySteps } from '../../../src/local/registry/steps.js';
import { systemProcesses } from '../../../src/process.js';
import { fakeEngine } from '../../containers/fake-engine.js';

const machines = { network: 'kind', names: () => Promise.resolve([]), run: () => Promise.resolve('') };
const steps = (provider: Parameters<typeof registrySteps>[0]['provider'], caches: readonly string[] = []) =>
  registrySteps({
    environment: 'shop',
    settings: { registry: { ...defaultLocalSettings.registry, caches }, mirrors: {} },
    provider,
    engine: fakeEngine().engine,
    view: new ClusterView(() => Promise.resolve(undefined), systemClock),
    processes: systemProcesses(),
    clock: systemClock,
    variables: {},
    ensureOwned: () => Promise.resolve(),
  });

describe('the steps of the local registry', () => {
  it('go from the registry and the caches over the nodes to the proof', () => {
    const order = steps({ machines }, ['docker.io', 'quay.io', 'docker.io']).map(({ id, needs }) => [id, needs]);
    expect(order).toEqual([
      ['registry', []],
      ['cache/docker.io', []],
      ['cache/quay.io', []],
      ['registry/nodes', ['cluster', 'registry', 'cache/docker.io', 'cache/quay.io']],
      ['registry/probe', ['registry/nodes', 'nodes', 'record']],
    ]);
  });

  it('are none for a provider without machines', () => {
    expect(steps({})).toEqual([]);
  });
});
