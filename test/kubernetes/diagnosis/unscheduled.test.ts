import { describe, expect, it } from 'vitest';
import type { ClusterEvent } from '../../../src/kubernetes/cluster-events.js';
import type { Pod } from '../../../src/kubernetes/diagnosis/surroundings.js';
import { schedulingObstacles, unscheduledOf } from '../../../src/kubernetes/diagnosis/unscheduled.js';
import { event, named, surroundings, type Given } from './surroundings.js';

const metadata = { name: 'web-1', namespace: 'shop' };

function find(message: string, events: readonly ClusterEvent[] = [], given: Given = {}, reason = 'Unschedulable') {
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata };
  const condition = { type: 'PodScheduled', status: 'False', reason, message };
  return schedulingObstacles(pod, condition, events, surroundings(given));
}

const node = (name: string, ...taints: string[]) => ({
  ...named('Node', name),
  spec: { taints: taints.map((key) => ({ key })) },
});
const full = node('worker');
const controlPlane = node('control-plane', 'node-role.kubernetes.io/control-plane');
// As kube-scheduler 1.36 writes it; it no longer names the taints.
const tail =
  'no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.';
const tooLittle = `0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). ${tail}`;
const tainted = `0/2 nodes are available: 2 node(s) had untolerated taint(s). ${tail}`;

describe('a pod that no node takes', () => {
  it.each([
    [tooLittle, 'lower the requests, or add nodes (`local.workers`)'],
    [`0/1 nodes are available: 1 Too many pods. ${tail}`, 'lower the requests, or add nodes (`local.workers`)'],
    [
      `0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports. ${tail}`,
      'another pod has its host port on every node: let an upgrade end the old pod first (strategy Recreate, or maxSurge 0), or take another port',
    ],
    [
      `0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s). ${tail}`,
      'correct `nodeSelector` or the affinity: no node has such labels',
    ],
    [
      `0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules. ${tail}`,
      'add nodes (`local.workers`), or let its pods share one',
    ],
    [tainted, 'let the pod tolerate the taint of the nodes, or add nodes without it'],
  ])('is told in the words of the scheduler, with what helps: %s', async (message, suggestion) => {
    expect(await find(message, [], { nodes: [full, controlPlane] })).toEqual([
      { object: 'Pod/web-1', reason: 'Unschedulable', message, fatal: true, patienceMs: 10_000, suggestion },
    ]);
  });

  it('is known by its condition', () => {
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable' };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, status: { conditions: [condition] } };
    expect(unscheduledOf(pod)).toBe(condition);
    expect(unscheduledOf({ ...pod, status: { conditions: [{ ...condition, status: 'True' }] } })).toBeUndefined();
  });

  it('waits for whoever holds it back on purpose', async () => {
    const found = await find('Scheduling is blocked due to non-empty scheduling gates', [], {}, 'SchedulingGated');
    expect(found).toMatchObject([{ reason: 'SchedulingGated', fatal: false }]);
  });

  it.each([
    'node.kubernetes.io/not-ready',
    'node.kubernetes.io/network-unavailable',
    'node.cloudprovider.kubernetes.io/uninitialized',
    'node.cilium.io/agent-not-ready',
    'karpenter.sh/unregistered',
  ])('waits for a node that is coming up: %s', async (taint) => {
    const nodes = [node('worker', taint), controlPlane];
    expect(await find(tainted, [], { nodes })).toMatchObject([{ fatal: false }]);
  });

  it('waits for the first node', async () => {
    expect(await find('no nodes available to schedule pods')).toMatchObject([{ fatal: false }]);
  });
});

describe('a pod that no node takes, where an autoscaler adds nodes', () => {
  const autoscaled = { nodes: [full], deployments: ['coredns', 'eks-aws-cluster-autoscaler'] };
  const scaling = (reason: string, message: string) => event('Pod/web-1', reason, message);

  it.each(['eks-aws-cluster-autoscaler', 'cluster-autoscaler', 'karpenter'])(
    'is given more time for its verdict: %s',
    async (deployment) => {
      const found = await find(tooLittle, [], { nodes: [full], deployments: [deployment] });
      expect(found).toMatchObject([{ fatal: true, patienceMs: 180_000 }]);
    },
  );

  it.each([
    ['TriggeredScaleUp', 'pod triggered scale-up: [{eks-workers 2->3 (max: 5)}]'],
    ['Nominated', 'Pod should schedule on: nodeclaim/default-x7k2p'],
  ])('waits for the node that is being added: %s', async (reason, message) => {
    const found = await find(tooLittle, [scaling(reason, message)], autoscaled);
    expect(found).toMatchObject([
      { fatal: false, message: expect.stringMatching(/A node is being added: (pod triggered|Pod should)/) as string },
    ]);
  });

  it.each([
    ['NotTriggerScaleUp', "pod didn't trigger scale-up: 1 max node group size reached"],
    ['FailedScheduling', 'Failed to schedule pod, incompatible with nodepool "default", no instance type met requests'],
  ])('is lost when none is added: %s', async (reason, message) => {
    expect(await find(tooLittle, [scaling(reason, message)], autoscaled)).toMatchObject([
      {
        fatal: true,
        patienceMs: 10_000,
        message: `${tooLittle} No node is added for it: ${message}`,
        suggestion: 'lower the requests, or add nodes (`local.workers`)',
      },
    ]);
  });

  it('goes by the newest verdict', async () => {
    const no = scaling('NotTriggerScaleUp', 'backoff after failed scale-up');
    const yes = scaling('TriggeredScaleUp', 'pod triggered scale-up');
    expect(await find(tooLittle, [no, yes], autoscaled)).toMatchObject([{ fatal: false }]);
    expect(await find(tooLittle, [yes, no], autoscaled)).toMatchObject([{ fatal: true }]);
  });

  it('does not take the words of the scheduler for those of the autoscaler', async () => {
    expect(await find(tooLittle, [scaling('FailedScheduling', tooLittle)], autoscaled)).toMatchObject([
      { message: tooLittle, patienceMs: 180_000 },
    ]);
  });

  it('is known by its verdict even where it runs outside of the cluster', async () => {
    const verdict = scaling('TriggeredScaleUp', 'pod triggered scale-up');
    expect(await find(tooLittle, [verdict], { nodes: [full] })).toMatchObject([{ fatal: false }]);
  });
});
