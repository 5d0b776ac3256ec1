import { describe, expect, it } from 'vitest';
import { claimObstacles } from '../../../src/kubernetes/diagnosis/claim-obstacles.js';
import type { Claim, Pod } from '../../../src/kubernetes/diagnosis/surroundings.js';
import { schedulingObstacles } from '../../../src/kubernetes/diagnosis/unscheduled.js';
import { event, named, surroundings, type Given } from './surroundings.js';

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'db-0', namespace: 'shop' },
  spec: {
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }, { name: 'token' }],
  },
};

function claim(name: string, phase: string, storageClassName?: string): Claim {
  const spec = storageClassName === undefined ? {} : { storageClassName };
  return { ...named('PersistentVolumeClaim', name), spec, status: { phase } };
}

const classes = [
  named('StorageClass', 'gp3', { 'storageclass.kubernetes.io/is-default-class': 'true' }),
  named('StorageClass', 'efs'),
];
const find = (given: Given, of = pod) => claimObstacles(of, surroundings(given));
const said = (reason: string, message: string) => [event('PersistentVolumeClaim/data-db-0', reason, message)];

describe('a claim that has no volume', () => {
  it('is told with its class, the words about it, and the classes there are', async () => {
    const events = said('ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
    const claims = [claim('data-db-0', 'Pending', 'fast')];
    expect(await find({ claims, events, storageClasses: classes })).toEqual([
      {
        object: 'PersistentVolumeClaim/data-db-0',
        reason: 'ProvisioningFailed',
        message: 'class fast: storageclass.storage.k8s.io "fast" not found',
        fatal: true,
        patienceMs: 10_000,
        suggestion: 'use a storage class that can make the volume; the cluster has gp3 (the default), efs',
      },
    ]);
  });

  it('is told where it has no class, and the cluster none', async () => {
    const words = 'no persistent volumes available for this claim and no storage class is set';
    expect(await find({ claims: [claim('data-db-0', 'Pending')], events: said('FailedBinding', words) })).toMatchObject(
      [
        {
          message: `no class: ${words}`,
          fatal: true,
          patienceMs: 10_000,
          suggestion: 'install a storage driver and a storage class: the cluster has none',
        },
      ],
    );
  });

  it.each([
    ['ProvisioningFailed', 'rpc error: code = Internal desc = could not create volume', 60_000],
    [
      'ExternalProvisioning',
      "Waiting for a volume to be created by the external provisioner 'ebs.csi.aws.com'",
      120_000,
    ],
  ])('is given the time that its driver may take: %s', async (reason, message, patienceMs) => {
    const claims = [claim('data-db-0', 'Pending', 'gp3')];
    expect(await find({ claims, events: said(reason, message) })).toMatchObject([{ fatal: true, patienceMs }]);
  });

  it('waits as long as nobody has said anything, or only that it waits for its pod', async () => {
    const claims = [claim('data-db-0', 'Pending', 'gp3')];
    const events = said('WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    for (const given of [{ claims }, { claims, events }]) {
      expect(await find(given)).toMatchObject([{ reason: 'Pending', fatal: false }]);
    }
  });

  it('is not there at all', async () => {
    expect(await find({})).toMatchObject([
      { object: 'PersistentVolumeClaim/data-db-0', reason: 'NotFound', fatal: true, patienceMs: 30_000 },
    ]);
  });

  it('is that of an ephemeral volume', async () => {
    const scratch = { ...pod, spec: { volumes: [{ name: 'scratch', ephemeral: {} }] } };
    expect(await find({}, scratch)).toMatchObject([{ object: 'PersistentVolumeClaim/db-0-scratch' }]);
  });

  it('is not one that is bound', async () => {
    expect(await find({ claims: [claim('data-db-0', 'Bound', 'gp3')] })).toEqual([]);
  });
});

describe('a pod that no node takes for want of a volume', () => {
  const message = '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };

  it('is explained by its claim', async () => {
    const given = { claims: [claim('data-db-0', 'Pending')], events: said('FailedBinding', 'no storage class is set') };
    expect(await schedulingObstacles(pod, condition, [], surroundings(given))).toMatchObject([
      { object: 'PersistentVolumeClaim/data-db-0', fatal: true },
    ]);
  });

  it('waits for the scheduler to see that it is bound by now', async () => {
    const given = { claims: [claim('data-db-0', 'Bound')] };
    expect(await schedulingObstacles(pod, condition, [], surroundings(given))).toMatchObject([
      { object: 'Pod/db-0', fatal: false },
    ]);
  });
});
