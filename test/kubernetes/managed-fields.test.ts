import { describe, expect, it } from 'vitest';
import { isController, managersOf, type ManagedFields } from '../../src/kubernetes/managed-fields.js';
import { differencesOf } from '../../src/kubernetes/object-differences.js';

/** The path of the one place where the objects differ. */
function pathOf(live: object, intended: object) {
  const [difference] = differencesOf(live, intended);
  return difference?.path ?? [];
}

const entries: readonly ManagedFields[] = [
  {
    manager: 'helm',
    operation: 'Apply',
    fieldsV1: {
      'f:spec': {
        'f:replicas': {},
        'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } },
        'f:rules': {},
      },
    },
  },
  { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
  {
    manager: 'sets',
    operation: 'Apply',
    fieldsV1: { 'f:metadata': { 'f:finalizers': { '.': {}, 'v:"a.example/b"': {} } } },
  },
];

describe('who owns a field', () => {
  it('are all who wrote it', () => {
    const path = pathOf({ spec: { replicas: 1 } }, { spec: { replicas: 2 } });
    expect(managersOf(entries, path)).toEqual(['helm', 'kubectl-edit']);
  });

  it('is found by the key of a list, though the list is shown by another', () => {
    const port = (name: string) => ({ name, containerPort: 80, protocol: 'TCP' });
    const other = { name: 'metrics', containerPort: 90, protocol: 'TCP' };
    const path = pathOf({ spec: { ports: [port('http')] } }, { spec: { ports: [port('http'), other] } });
    expect(managersOf(entries, path)).toEqual([]);
    const named = pathOf({ spec: { ports: [port('http')] } }, { spec: { ports: [{ ...port('http'), name: 'web' }] } });
    expect(managersOf(entries, named)).toEqual(['helm']);
  });

  it('is whoever owns the whole that the field is in', () => {
    const path = pathOf({ spec: { rules: [{ host: 'a' }] } }, { spec: { rules: [{ host: 'b' }] } });
    expect(managersOf(entries, path)).toEqual(['helm']);
  });

  it('is found by the value in a list that is a set', () => {
    const path = pathOf({ metadata: { finalizers: ['a.example/b'] } }, { metadata: { finalizers: ['c.example/d'] } });
    expect(managersOf(entries, path)).toEqual(['sets']);
  });

  it('is nobody where nobody wrote it', () => {
    expect(managersOf(entries, pathOf({ spec: { paused: true } }, { spec: {} }))).toEqual([]);
    expect(managersOf([{ manager: 'x' }], pathOf({ a: 1 }, { a: 2 }))).toEqual([]);
  });
});

describe('a controller', () => {
  it.each([
    ...['kube-controller-manager', 'kubelet', 'kube-webhook-certgen', 'clusterrole-aggregation-controller'],
    ...[
      'cert-manager-cainjector',
      'PrometheusOperator',
      'elastic-operator',
      'manager',
      'vpa-recommender',
      'keda-operator',
    ],
  ])('is %s, by its name', (manager) => {
    expect(isController(manager, [])).toBe(true);
  });

  it.each([
    ...['kubectl', 'kubectl-edit', 'kubectl-client-side-apply', 'helm', 'Mozilla', 'node-fetch', 'platform', 'unknown'],
    ...['argocd-controller', 'argocd-application-controller', 'kustomize-controller', 'helm-controller', 'Terraform'],
  ])('is not %s: a person or a pipeline is behind it', (manager) => {
    expect(isController(manager, [])).toBe(false);
  });

  it('is whoever reports the status of the object, unless that is a known tool', () => {
    const status = (manager: string): ManagedFields => ({ manager, operation: 'Update', subresource: 'status' });
    expect(isController('external-secrets', [status('external-secrets')])).toBe(true);
    expect(isController('external-secrets', [status('another')])).toBe(false);
    expect(isController('kubectl-edit', [status('kubectl-edit')])).toBe(false);
  });
});
