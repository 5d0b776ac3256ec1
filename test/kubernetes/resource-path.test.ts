import { describe, expect, it } from 'vitest';
import { resourcePath } from '../../src/kubernetes/resource-path.js';

describe('the REST path of an object', () => {
  it.each([
    ['v1', 'Namespace', undefined, '/api/v1/namespaces/x'],
    ['v1', 'ConfigMap', 'shop', '/api/v1/namespaces/shop/configmaps/x'],
    ['v1', 'Secret', undefined, '/api/v1/namespaces/default/secrets/x'],
    ['v1', 'Endpoints', 'shop', '/api/v1/namespaces/shop/endpoints/x'],
    ['apps/v1', 'Deployment', 'shop', '/apis/apps/v1/namespaces/shop/deployments/x'],
    ['networking.k8s.io/v1', 'Ingress', 'shop', '/apis/networking.k8s.io/v1/namespaces/shop/ingresses/x'],
    ['networking.k8s.io/v1', 'IngressClass', undefined, '/apis/networking.k8s.io/v1/ingressclasses/x'],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'shop', '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/x'],
    [
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      'shop',
      '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/x',
    ],
    ['storage.k8s.io/v1', 'StorageClass', undefined, '/apis/storage.k8s.io/v1/storageclasses/x'],
    ['kwok.x-k8s.io/v1alpha1', 'Stage', undefined, '/apis/kwok.x-k8s.io/v1alpha1/stages/x'],
    [
      'apiextensions.k8s.io/v1',
      'CustomResourceDefinition',
      undefined,
      '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/x',
    ],
    ['example.org/v1', 'Gateway', 'shop', '/apis/example.org/v1/namespaces/shop/gateways/x'],
  ])('%s %s in %s', (apiVersion, kind, namespace, path) => {
    expect(resourcePath({ apiVersion, kind, metadata: { name: 'x', ...(namespace && { namespace }) } })).toBe(path);
  });
});
