import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import { registryNames } from '../../../src/local/registry/names.js';
import { probeStep } from '../../../src/local/registry/probe-step.js';
import { send, type Request } from '../../kubernetes/api-server.js';
import { cluster, context, type Cluster } from '../../releases/cluster.js';
import { registryContainer, servedEngine, type ServedEngine } from './served-engine.js';
import { freePort } from './registry-server.js';

const pods = '/api/v1/namespaces/platform-system/pods';
const proofs = '/api/v1/namespaces/platform-system/configmaps/proofs';

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName: string; readonly containers: readonly { readonly image: string }[] };
}

let world: Cluster;
let docker: ServedEngine;
let port: number;
let nodes: string[];
let created: Pod[];
let manifestsPushed: string[];
/** What the kubelets make of a pod. */
let status: (pod: Pod) => object;

beforeEach(async () => {
  world = await cluster();
  port = await freePort();
  docker = await servedEngine([registryContainer(port)]);
  nodes = ['control-plane', 'worker'];
  created = [];
  manifestsPushed = [];
  status = () => ({ phase: 'Succeeded' });
  world.api.objects.set('/api/v1/namespaces/kube-system', { metadata: { name: 'kube-system', uid: 'cluster-1' } });
  world.api.answer = (response, request) => {
    const pod = podOf(request);
    if (request.method === 'POST' && pod) {
      created.push(pod);
      manifestsPushed = [...(docker.servers.get('platform-registry')?.manifests.keys() ?? [])];
    }
    const found = created.find(({ metadata }) => request.path === `${pods}/${metadata.name}`);
    return request.method === 'GET' && found !== undefined && send(response, 200, { ...found, status: status(found) });
  };
});
afterEach(async () => {
  await world.api.close();
  await docker.close();
});

function podOf({ path, body }: Request): Pod | undefined {
  return path === pods && body ? (JSON.parse(body) as Pod) : undefined;
}

/** As the next `up` sees it. */
const step = (hasCluster = true) =>
  probeStep({
    environment: 'shop',
    engine: () => Promise.resolve(docker.engine),
    machines: { network: 'kind', names: () => Promise.resolve(nodes), run: () => Promise.resolve('') },
    view: new ClusterView(() => Promise.resolve(hasCluster ? world.api.client : undefined), world.clock),
    clock: world.clock,
    names: registryNames,
    ensureOwned: () => Promise.resolve(),
    needs: ['registry/nodes'],
  });
const podsLeft = () => [...world.api.objects.keys()].filter((path) => path.startsWith(`${pods}/`));

describe('the proof that nodes run what is pushed to the local registry', () => {
  it('is a program that every node pulled and ran to its end', async () => {
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not tried yet' });
    expect(await step().apply(context())).toBe('on control-plane, worker');
    expect(created.map(({ spec }) => spec.nodeName)).toEqual(['control-plane', 'worker']);
    const [image = ''] = created.map(({ spec }) => spec.containers[0]?.image);
    const [, digest = ''] = image.split('@');
    expect(image).toBe(`localhost:${String(port)}/platform/probe@${digest}`);
    expect(manifestsPushed).toContain(`platform/probe@${digest}`);
    expect(await step().check(context())).toEqual({ status: 'satisfied', detail: 'proven 2026-11-20T10:00:00.000Z' });
  });

  it('leaves no pod and no image behind', async () => {
    world.api.objects.set(`${pods}/registry-probe-old-0`, {
      metadata: { name: 'registry-probe-old-0', labels: { 'platform.dev/probe': 'registry' } },
    });
    await step().apply(context());
    expect(podsLeft()).toEqual([]);
    expect(docker.servers.get('platform-registry')?.manifests.size).toBe(0);
  });

  it('is of an image that no node has seen, for both processors', async () => {
    await step().apply(context());
    const first = created[0]?.spec.containers[0]?.image;
    const index = manifestsPushed.length;
    created = [];
    await step().apply(context());
    expect(created[0]?.spec.containers[0]?.image).not.toBe(first);
    expect(index).toBe(3);
  });

  it('is by pods that Pod Security lets into a restricted namespace', async () => {
    await step().apply(context());
    expect(created[0]).toMatchObject({
      metadata: { labels: { 'platform.dev/environment': 'shop' } },
      spec: {
        automountServiceAccountToken: false,
        tolerations: [{ operator: 'Exists' }],
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            imagePullPolicy: 'Always',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    });
  });

  it('is no proof of another registry, another cluster, or a node that joined', async () => {
    await step().apply(context());
    nodes.push('worker2');
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not tried on worker2' });
    nodes.pop();
    world.api.objects.set('/api/v1/namespaces/kube-system', { metadata: { name: 'kube-system', uid: 'cluster-2' } });
    expect(await step().check(context())).toMatchObject({
      status: 'needed',
      reason: 'the cluster is another one than when it was tried',
    });
    docker.fake.held.containers.set('platform-registry', registryContainer(port, { id: 'another' }));
    expect(await step().check(context())).toMatchObject({
      status: 'needed',
      reason: 'the registry is another one than when it was tried',
    });
  });

  it('is not what somebody else wrote there', async () => {
    world.api.objects.set(proofs, { metadata: { name: 'proofs' }, data: { registry: 'yes' } });
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'not tried yet' });
  });

  it('waits for the cluster, and for the registry', async () => {
    expect(await step(false).check(context())).toEqual({ status: 'needed', reason: 'there is no cluster yet' });
    docker.fake.held.containers.clear();
    expect(await step().check(context())).toEqual({ status: 'needed', reason: 'there is no local registry yet' });
  });

  it('waits for the service account of a new namespace', async () => {
    const { answer } = world.api;
    let refusals = 2;
    world.api.answer = (response, request) => {
      if (request.method === 'POST' && refusals > 0) {
        refusals -= 1;
        const message = 'pods "x" is forbidden: error looking up service account: serviceaccount "default" not found';
        return send(response, 403, { reason: 'Forbidden', message });
      }
      return answer(response, request);
    };
    expect(await step().apply(context())).toBe('on control-plane, worker');
  });
});

describe('a node that cannot run what is pushed', () => {
  const waiting = (message: string) => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'probe', restartCount: 0, state: { waiting: { reason: 'ErrImagePull', message } } }],
  });

  it('is named with its own words, and nothing counts as proven', async () => {
    status = ({ spec }) => (spec.nodeName === 'worker' ? waiting('x509: unknown authority') : { phase: 'Succeeded' });
    await expect(step().apply(context())).rejects.toMatchObject({
      code: 'tool',
      message: expect.stringMatching(/^worker could not run localhost:\d+\/platform\/probe@sha256:/) as unknown,
      output: 'x509: unknown authority',
    });
    expect(podsLeft()).toEqual([]);
    expect(await step().check(context())).toMatchObject({ status: 'needed' });
  });

  it('is given the time that a network needs to come back', async () => {
    let looks = 0;
    status = () => ((looks += 1) < 8 ? waiting('dial tcp: connection refused') : { phase: 'Succeeded' });
    expect(await step().apply(context())).toBe('on control-plane, worker');
  });

  it('is told apart from one whose container failed', async () => {
    status = () => ({
      phase: 'Failed',
      containerStatuses: [
        {
          name: 'probe',
          restartCount: 0,
          state: { terminated: { exitCode: 255, reason: 'StartError', message: 'exec format error' } },
        },
      ],
    });
    await expect(step().apply(context())).rejects.toMatchObject({
      output: 'StartError, exec format error, exit code 255',
    });
  });

  it('leaves no pod when the run is interrupted', async () => {
    const interrupted = new AbortController();
    status = () => {
      interrupted.abort();
      return { phase: 'Running' };
    };
    await expect(step().apply(context(interrupted.signal))).rejects.toThrow();
    expect(podsLeft()).toEqual([]);
  });
});

describe('a registry that refuses the image', () => {
  it('is named with its answer', async () => {
    await docker.servers.get('platform-registry')?.close();
    await expect(step().apply(context())).rejects.toMatchObject({
      code: 'tool',
      message: `the registry on 127.0.0.1:${String(port)} did not answer POST /v2/platform/probe/blobs/uploads/`,
    });
    expect(created).toEqual([]);
  });
});
