import { expect, it } from 'vitest';
import { look } from '../../../src/chaos/run/look.js';
import type { World } from '../../../src/chaos/world.js';
import { systemClock } from '../../../src/clock.js';
import { systemProcesses } from '../../../src/process.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { apiServer } from '../../kubernetes/api-server.js';
import { afterwards } from '../../toolchain/fixture.js';
import { burden, givenAutoscaler, givenDrill } from '../preflight/given.js';

const { signal } = new AbortController();

it('predicts an autoscaler by how often its metrics are measured', async () => {
  const api = await apiServer();
  afterwards(() => api.close());
  api.objects.set('/apis/autoscaling/v2/namespaces/app-services/horizontalpodautoscalers/images', {
    ...givenAutoscaler(),
  });
  api.objects.set('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io', {
    spec: { service: { namespace: 'kube-system', name: 'metrics-server' } },
  });
  api.objects.set('/api/v1/namespaces/kube-system/services/metrics-server', { spec: { selector: { app: 'm' } } });
  const containers = [{ name: 'main', image: 'metrics-server:v0.8.1', args: ['--metric-resolution=60s'] }];
  api.objects.set('/apis/apps/v1/namespaces/kube-system/deployments/metrics-server', {
    metadata: { name: 'metrics-server', namespace: 'kube-system' },
    spec: { template: { metadata: { labels: { app: 'm' } }, spec: { containers } } },
  });
  const world: World = {
    environment: withoutFile('shop'),
    provider: { name: 'embedded', simulation: 'simulated' },
    client: api.client,
    monitoring: undefined,
    clock: systemClock,
    processes: systemProcesses(),
    tool: () => Promise.reject(new Error('no tool is needed')),
    probe: () => Promise.reject(new Error('nothing is to be asked')),
  };
  const autoscaler = { namespace: 'app-services', name: 'images' };
  const drill = givenDrill({ fault: burden, expect: { alerts: [], mayFire: [], autoscaler } });

  const { prediction } = await look(drill, world, {}, signal);

  expect(prediction.scaling?.because).toContain('metrics 2 × 1m 00s');
});
