import { describe, expect, it } from 'vitest';
import type { NodeMachines } from '../../src/clusters/cluster.js';
import type { Environment, LocalSettings } from '../../src/environment/environment.js';
import { ClusterView } from '../../src/kubernetes/cluster-view.js';
import { createNetwork } from '../../src/network.js';
import { pathsFrom } from '../../src/paths.js';
import { buildPlan } from '../../src/plan/plan.js';
import type { Step } from '../../src/plan/step.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { networkEdges, networkIds, podNeeds, replicaSteps, withIssuer } from '../../src/usecases/replica.js';
import { fakeNodes } from '../certificates/fake-nodes.js';
import { fakeProvider } from '../clusters/fake-provider.js';
import { answering } from '../containers/recorded.js';
import { fakeEngine } from '../containers/fake-engine.js';
import { catalogueEntry, release } from '../releases/release.js';
import { sourcesOf } from '../images/given.js';
import { machineFor, recordingPorts } from './images-given.js';

const calico = release('calico', { catalogue: catalogueEntry('calico') });
const withLocal = (local: Partial<LocalSettings>, releases: Environment['releases'] = []): Environment => {
  const environment = withoutFile('shop');
  return { ...environment, releases, local: { ...environment.local, ...local } };
};
const nothingLeftOut = () => undefined;

function step(id: string, needs: readonly string[] = []): Step {
  const check = () => Promise.resolve({ status: 'satisfied' } as const);
  const apply = () => Promise.resolve(undefined);
  return { id, title: id, needs, lane: 'api', budgetMs: 1_000, estimateMs: 1, check, apply };
}

describe('the steps that bring the pod network', () => {
  it('are the gate of Calico where that is the network', () => {
    expect(networkIds(withLocal({ cni: 'calico' }, [calico]), nothingLeftOut)).toEqual(['gate/calico/ready']);
  });

  it('are none where Calico is left out, is not there, or the provider brings one', () => {
    expect(networkIds(withLocal({ cni: 'calico' }, [calico]), () => 'left out by --skip')).toEqual([]);
    expect(networkIds(withLocal({ cni: 'calico' }), nothingLeftOut)).toEqual([]);
    expect(networkIds(withLocal({ cni: 'default' }, [calico]), nothingLeftOut)).toEqual([]);
    expect(networkIds(withLocal({ cni: 'none' }, [calico]), nothingLeftOut)).toEqual([]);
  });

  it.each(['/srv/network.yaml', 'https://example.org/network.yaml'])('are the one of a manifest: %s', (cni) => {
    expect(networkIds(withLocal({ cni }, [calico]), nothingLeftOut)).toEqual(['network']);
  });
});

describe('the pods of a release', () => {
  it('need ready nodes that can pull and trust', () => {
    expect(podNeeds('web')).toEqual(['nodes', 'registry/nodes', 'certificates/nodes']);
  });

  it('of the pod network itself cannot wait for ready nodes', () => {
    expect(podNeeds('calico')).toEqual(['registry/nodes', 'certificates/nodes']);
  });
});

describe('who waits for the pod network', () => {
  it('is every other release, where it is a release', () => {
    const reason = 'its pods need the pod network';
    expect(networkEdges(withLocal({ cni: 'calico' }, [release('web'), calico, release('db')]))).toEqual([
      { from: 'web', to: 'calico', facet: 'ready', derived: reason },
      { from: 'db', to: 'calico', facet: 'ready', derived: reason },
    ]);
  });

  it('is nobody where it is none', () => {
    expect(networkEdges(withLocal({ cni: 'default' }, [release('web'), calico]))).toEqual([]);
    expect(networkEdges(withLocal({ cni: 'calico' }, [release('web')]))).toEqual([]);
  });
});

describe('the gate of our issuer', () => {
  const gate = step('gate/cert-manager/issuer/platform-ca', ['cluster']);
  const others = [step('cluster'), step('gate/cert-manager/webhook')];

  it('waits for the step that makes it, and no other step does', () => {
    const made = withIssuer([...others, gate, step('certificates/issuer')]);
    expect(made.map(({ id, needs }) => [id, needs])).toEqual([
      ['cluster', []],
      ['gate/cert-manager/webhook', []],
      [gate.id, ['cluster', 'certificates/issuer']],
      ['certificates/issuer', []],
    ]);
  });

  it('waits for nothing where nobody makes it', () => {
    expect(withIssuer([...others, gate])).toEqual([...others, gate]);
  });
});

/** The steps of an environment with an image, on a provider with or without machines. */
async function stepsOf(
  environment: Environment,
  machines?: NodeMachines,
  installs: readonly Step[] = [],
  leftOut: (release: string) => string | undefined = nothingLeftOut,
) {
  const images = { auth: await sourcesOf() };
  const { parts } = await machineFor({ images });
  const { processes } = answering();
  const { events, clock, interruption } = recordingPorts();
  const variables = {};
  const view = new ClusterView(() => Promise.resolve(undefined), clock);
  const provider = fakeProvider(machines ? { machines } : { simulation: 'nothing is real' });
  const { engine } = fakeEngine();
  const paths = pathsFrom({}, '/nowhere');
  const network = createNetwork({ clock, paths, variables });
  return replicaSteps(
    {
      environment: { ...environment, images },
      assembly: { provider, view, engine, network },
      imageParts: machines && parts,
      leftOut,
      identity: { ensureOwned: () => Promise.resolve() },
      ports: { processes, clock, variables, events, interruption, paths },
    },
    installs,
  );
}

const idsOf = (steps: readonly Step[]) => steps.map(({ id }) => id);
const needsOf = (steps: readonly Step[], id: string) => steps.find((one) => one.id === id)?.needs;

describe('what a replica has between its cluster and its releases', () => {
  const certManager = release('cert-manager');
  const installs = [
    step('namespace/shop'),
    step('release/cert-manager'),
    step('gate/cert-manager/crds'),
    step('gate/cert-manager/webhook'),
    step('release/web'),
  ];

  it('is registry, trust, images, proofs and names, where containers run', async () => {
    const registry = { port: { number: 5001, isFixed: false }, caches: ['quay.io'] };
    const made = await stepsOf(withLocal({ registry }, [certManager]), fakeNodes('worker'), installs);
    expect(idsOf(made)).toEqual([
      ...['registry', 'cache/quay.io', 'registry/nodes', 'registry/probe'],
      ...['authority', 'nodes', 'issuer', 'bundle'].map((name) => `certificates/${name}`),
      ...['image/auth', 'network/policy', 'names/cluster'],
    ]);
  });

  it('is trust only, where nodes are simulated', async () => {
    const made = await stepsOf(withLocal({}, [certManager]), undefined, installs);
    expect(idsOf(made)).toEqual(['certificates/authority', 'certificates/issuer']);
  });

  it('builds no image that only releases run which are left out', async () => {
    const builds = async (releases: Environment['releases'], leftOut: (name: string) => string | undefined) =>
      idsOf(await stepsOf(withLocal({}, releases), fakeNodes('worker'), [], leftOut)).includes('image/auth');
    const users = ['auth', 'admin'].map((name) => release(name, { image: 'auth' }));
    const without =
      (...names: string[]) =>
      (name: string) =>
        names.includes(name) ? 'left out by --skip' : undefined;
    expect(await builds(users, without('auth'))).toBe(true);
    expect(await builds(users, without('auth', 'admin'))).toBe(false);
    expect(await builds([], without())).toBe(true);
  });

  it('has the manifest of the pod network before the nodes, once they can pull', async () => {
    const made = await stepsOf(withLocal({ cni: '/srv/network.yaml' }), fakeNodes('worker'));
    expect(needsOf(made, 'network')).toEqual(['cluster', 'record', 'registry/nodes', 'certificates/nodes']);
    expect(needsOf(await stepsOf(withLocal({ cni: 'calico' }), fakeNodes('worker')), 'network')).toBeUndefined();
  });

  it('waits for those of its releases that it needs, as far as they are there', async () => {
    const environment = withLocal({}, [certManager]);
    const made = await stepsOf(environment, fakeNodes('worker'), installs);
    expect(needsOf(made, 'certificates/issuer')).toEqual([
      'certificates/authority',
      'cluster',
      'record',
      'gate/cert-manager/crds',
      'gate/cert-manager/webhook',
      'release/cert-manager',
    ]);
    expect(needsOf(made, 'certificates/bundle')).toContain('namespace/shop');
    expect(needsOf(await stepsOf(environment, fakeNodes('worker')), 'certificates/bundle')).toContain('cluster');
    expect(needsOf(made, 'image/auth')).toEqual(['registry']);
    const [, , ...fewer] = installs;
    expect(needsOf(await stepsOf(environment, fakeNodes('worker'), fewer), 'certificates/issuer')).not.toContain(
      'release/cert-manager',
    );
  });

  it.each([
    ['real nodes', fakeNodes('worker')],
    ['simulated ones', undefined],
  ])('makes a plan together with the steps of a cluster with %s', async (_, machines) => {
    for (const cni of ['calico', 'none', '/srv/network.yaml']) {
      const made = await stepsOf(withLocal({ cni }, [certManager]), machines, installs);
      const bare = [step('cluster'), step('nodes', ['cluster']), step('record', ['cluster'])];
      expect(() => buildPlan(withIssuer([...bare, ...made, ...installs]))).not.toThrow();
    }
  });
});
