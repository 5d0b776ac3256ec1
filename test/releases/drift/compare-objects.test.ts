import { describe, expect, it } from 'vitest';
import type { ManagedFields } from '../../../src/kubernetes/managed-fields.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import { compareObjects, surplusObjects } from '../../../src/releases/drift/compare-objects.js';
import { liveCluster, type LiveCluster } from '../../../src/releases/drift/live-cluster.js';
import { liveObjects, type LiveObjects } from '../live-objects.js';

const release = { name: 'web', namespace: 'shop' };
const signal = new AbortController().signal;
const deploymentPath = '/apis/apps/v1/namespaces/shop/deployments/web';

function deployment(spec: object): KubernetesObject & { readonly spec: object } {
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

/** The object as it would be in the cluster after Helm installed it. */
function installed(object: KubernetesObject, managedFields: readonly ManagedFields[] = []) {
  return {
    ...object,
    metadata: {
      ...object.metadata,
      namespace: 'shop',
      ...{ uid: 'u1', resourceVersion: '7', generation: 3, creationTimestamp: '2026-11-20T10:00:00Z', managedFields },
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
    },
    status: { replicas: 1 },
  };
}

async function cluster({ view }: LiveObjects): Promise<LiveCluster> {
  return (await liveCluster(view)) ?? expect.fail('there is no cluster');
}

async function compare(live: LiveObjects, ...objects: readonly KubernetesObject[]) {
  return compareObjects(await cluster(live), objects, release, signal);
}

describe('an object that is compared with the live one', () => {
  it('is applied in the name of Helm, with the marks of Helm, and nothing is written', async () => {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 1 })));

    expect(await compare(live, deployment({ replicas: 1 }))).toEqual([]);

    const [apply, ...more] = live.applies;
    expect(more).toEqual([]);
    expect(apply?.path).toBe(deploymentPath);
    expect(apply?.query).toEqual({ fieldManager: 'helm', force: 'true', dryRun: 'All' });
    expect(JSON.parse(apply?.body ?? '')).toEqual({
      ...deployment({ replicas: 1 }),
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
      },
    });
  });

  it('differs where the answer is another than what is there', async () => {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 3, paused: true })));
    live.admit = (object) => ({ ...object, spec: { replicas: 1, paused: true } });

    expect(await compare(live, deployment({ replicas: 1 }))).toEqual([
      {
        object: 'Deployment/web',
        namespace: 'shop',
        status: 'changed',
        fields: [{ path: 'spec.replicas', live: 3, intended: 1 }],
      },
    ]);
  });

  it('is no difference where only admission would add something, whose webhook was not there when it was written', async () => {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 1 })));
    live.admit = ({ metadata, ...object }) => ({
      ...object,
      metadata: { ...metadata, annotations: { ...(metadata.annotations as object), validated: 'true' } },
    });

    expect(await compare(live, deployment({ replicas: 1 }))).toEqual([]);
  });

  it('is missing, of a kind that is not served, or refused with the reason', async () => {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({})));
    live.admit = () => ({ refused: 422, message: 'spec.selector: field is immutable' });
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'other' } };
    const widget = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'web' } };

    const found = await compare(live, config, widget, deployment({}));

    expect(found).toEqual([
      { object: 'ConfigMap/web', namespace: 'other', status: 'missing', fields: [] },
      { object: 'Widget/web', status: 'unserved', fields: [] },
      expect.objectContaining({ object: 'Deployment/web', status: 'refused', fields: [] }),
    ]);
    expect(found[2]?.reason).toContain('spec.selector: field is immutable');
  });

  it('has no namespace where its kind has none', async () => {
    const live = await liveObjects();
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'web' } };

    expect(await compare(live, role)).toEqual([{ object: 'ClusterRole/web', status: 'missing', fields: [] }]);
    expect(live.api.requests.at(-1)?.path).toBe('/apis/rbac.authorization.k8s.io/v1/clusterroles/web');
  });

  it('is applied under the name that wrote the marks of Helm, where that is another', async () => {
    const live = await liveObjects();
    const marks = { 'f:metadata': { 'f:annotations': { 'f:meta.helm.sh/release-name': {} } } };
    const entries: ManagedFields[] = [{ manager: 'helm-controller', operation: 'Apply', fieldsV1: marks }];
    live.api.objects.set(deploymentPath, installed(deployment({}), entries));

    await compare(live, deployment({}));

    expect(live.applies[0]?.query['fieldManager']).toBe('helm-controller');
  });
});

describe('a field that is not as Helm wants it', () => {
  const written = (manager: string): ManagedFields => ({
    manager,
    operation: 'Update',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  });

  async function fieldsWrittenBy(...managers: readonly string[]) {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 3 }), managers.map(written)));
    return (await compare(live, deployment({ replicas: 1 }))).flatMap(({ fields }) => fields);
  }

  it('is no difference where only controllers wrote it', async () => {
    expect(await fieldsWrittenBy('kube-controller-manager')).toEqual([]);
  });

  it('is one where a person wrote it, too', async () => {
    expect(await fieldsWrittenBy('kube-controller-manager', 'kubectl-edit')).toHaveLength(1);
    expect(await fieldsWrittenBy('kubectl-edit')).toHaveLength(1);
  });

  it('is one where Helm wrote what is there, whatever its manager is called', async () => {
    expect(await fieldsWrittenBy('kube-controller-manager', 'helm')).toHaveLength(1);
    const live = await liveObjects();
    const marks = { 'f:metadata': { 'f:annotations': { 'f:meta.helm.sh/release-name': {} } } };
    const entry = written('shop-operator');
    const entries = [{ ...entry, fieldsV1: { ...entry.fieldsV1, ...marks } }];
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 3 }), entries));
    expect(await compare(live, deployment({ replicas: 1 }))).toHaveLength(1);
  });

  it('is one where nobody is known to have written it', async () => {
    expect(await fieldsWrittenBy()).toHaveLength(1);
    expect(await fieldsWrittenBy('helm')).toHaveLength(1);
  });
});

describe('the replicas of a workload', () => {
  const autoscaler = '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web';
  const scaledObject = '/apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/web';

  async function replicasUnder(path: string, scaler: object) {
    const live = await liveObjects();
    live.api.objects.set(path, { metadata: { name: 'any', namespace: 'shop' }, ...scaler });
    live.api.objects.set(deploymentPath, installed(deployment({ replicas: 3, paused: false })));
    live.admit = (object) => ({ ...object, spec: { replicas: 1, paused: true } });
    return (await compare(live, deployment({ replicas: 1 }))).flatMap(({ fields }) => fields.map(({ path: at }) => at));
  }
  const target = (more: object) => ({ spec: { scaleTargetRef: { name: 'web', ...more } } });

  it('are left to an autoscaler, and nothing else is', async () => {
    const scaler = target({ apiVersion: 'apps/v1', kind: 'Deployment' });
    expect(await replicasUnder(autoscaler, scaler)).toEqual(['spec.paused']);
  });

  it('are left to KEDA, whose default is a Deployment', async () => {
    expect(await replicasUnder(scaledObject, target({}))).toEqual(['spec.paused']);
  });

  it('are compared where the autoscaler is that of another workload', async () => {
    const fields = ['spec.replicas', 'spec.paused'];
    expect(await replicasUnder(autoscaler, target({ apiVersion: 'apps/v1', kind: 'StatefulSet' }))).toEqual(fields);
    expect(await replicasUnder(autoscaler, target({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' }))).toEqual(
      fields,
    );
    expect(await replicasUnder(autoscaler, { ...target({}), metadata: { name: 'any', namespace: 'other' } })).toEqual(
      fields,
    );
  });
});

describe('objects that are no longer wanted', () => {
  it('are told where they are still there', async () => {
    const live = await liveObjects();
    live.api.objects.set(deploymentPath, installed(deployment({})));
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'gone' } };
    const widget = { apiVersion: 'example.org/v1', kind: 'Widget', metadata: { name: 'web' } };

    expect(await surplusObjects(await cluster(live), [deployment({}), config, widget], release, signal)).toEqual([
      { object: 'Deployment/web', namespace: 'shop', status: 'surplus', fields: [] },
    ]);
    expect(live.applies).toEqual([]);
  });
});
