import { beforeEach, describe, expect, it } from 'vitest';
import { readMetricsResolution } from '../../../../src/chaos/preflight/facts/metrics-resolution.js';
import { apiServer, type ApiServer } from '../../../kubernetes/api-server.js';
import { afterwards } from '../../../toolchain/fixture.js';

const { signal } = new AbortController();
const labels = { 'k8s-app': 'metrics-server' };

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  afterwards(() => api.close());
});

function serving(spec: object): void {
  api.objects.set('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io', {
    spec: { service: { namespace: 'kube-system', name: 'metrics-server' } },
  });
  api.objects.set('/api/v1/namespaces/kube-system/services/metrics-server', { spec });
}

function running(container: object): void {
  const deployment = (name: string, podLabels: object, containers: readonly object[]) =>
    api.objects.set(`/apis/apps/v1/namespaces/kube-system/deployments/${name}`, {
      spec: { template: { metadata: { labels: podLabels }, spec: { containers } } },
    });
  deployment('coredns', { 'k8s-app': 'kube-dns' }, [{ name: 'coredns', image: 'coredns', args: ['-conf'] }]);
  deployment('metrics-server-v0.8', labels, [{ name: 'main', image: 'x/metrics-server:v0.8.1', ...container }]);
}

describe('how often metrics are measured', () => {
  it.each<[string, object, number | undefined]>([
    ['as its flag says', { args: ['--cert-dir=/tmp', '--metric-resolution=30s'] }, 30_000],
    ['in two words', { command: ['/metrics-server', '--metric-resolution', '1m30s'] }, 90_000],
    ['each minute without it', { args: ['--cert-dir=/tmp'] }, 60_000],
    ['as nobody knows, where it is something else', { image: 'prometheus-adapter:1', args: [] }, undefined],
  ])('is told by metrics-server: %s', async (_, container, ms) => {
    serving({ selector: labels });
    running(container);
    expect(await readMetricsResolution(api.client, signal)).toBe(ms);
  });

  it('is not known where nothing in the cluster serves them', async () => {
    expect(await readMetricsResolution(api.client, signal)).toBeUndefined();
    // As on the embedded provider: it runs beside the control plane.
    serving({ type: 'ExternalName', externalName: 'localhost' });
    running({ args: ['--metric-resolution=30s'] });
    expect(await readMetricsResolution(api.client, signal)).toBeUndefined();
  });
});
