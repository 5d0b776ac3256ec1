import { describe, expect, it } from 'vitest';
import { chartDownloads, officialDownloads } from '../../src/doctor/official-hosts.js';
import type { ToolPlan } from '../../src/doctor/tool-plan.js';
import type { ChartReference, Release } from '../../src/environment/environment.js';
import { catalogueEntrySchema } from '../../src/releases/catalogue.js';
import { examined } from './examined.js';
import { helm, helmPins, networkWithout } from './tools-given.js';

const missing: ToolPlan = { way: 'none', reasons: [] };
const here: ToolPlan = { way: 'here', tool: helm };

describe('the hosts of the tools', () => {
  const find = (plan: ToolPlan, ...dead: string[]) =>
    examined(officialDownloads(helmPins(), 'linux/amd64', networkWithout(...dead), () => Promise.resolve([plan])));

  it('are named when they answer', async () => {
    expect(await find(missing)).toEqual({ status: 'ok', detail: 'get.helm.example, sums.helm.example answer' });
  });

  it('are a warning with the reason when one does not', async () => {
    const { status, detail } = await find(missing, 'sums.helm.example');
    expect(status).toBe('warning');
    expect(detail).toContain('sums.helm.example: it refused the connection');
  });

  it('do not matter once every tool is here', async () => {
    expect((await find(here, 'sums.helm.example')).status).toBe('ok');
  });
});

describe('the hosts of the charts', () => {
  const release = (chart: ChartReference, catalogue?: Release['catalogue']): Release => {
    return { name: 'r', namespace: 'n', chart, needs: [], values: [], ...(catalogue && { catalogue }) };
  };
  const remote = release({ from: 'repository', repository: 'https://charts.example.org/x', name: 'x', version: '1' });
  const oci = release({ from: 'oci', reference: 'oci://quay.example/charts/y', version: '1' });

  it('are asked once each', async () => {
    const network = networkWithout();
    const finding = await examined(chartDownloads([remote, remote, oci], 'embedded', network));
    expect(network.asked).toEqual(['charts.example.org', 'quay.example']);
    expect(finding).toEqual({ status: 'ok', detail: 'charts.example.org, quay.example answer' });
  });

  it.each([
    ['embedded', 'stand-ins take the place'],
    ['kind', 'only charts that were downloaded before'],
  ] as const)('are a warning on %s when they do not answer: %s', async (provider, words) => {
    const finding = await examined(chartDownloads([oci], provider, networkWithout('quay.example')));
    expect(finding.status).toBe('warning');
    expect(finding.detail).toContain(words);
  });

  it('are not asked for a chart that the provider does not install', async () => {
    const entry = catalogueEntrySchema.parse({
      apiVersion: 'platform/v1alpha1',
      kind: 'CatalogueEntry',
      chart: { bundled: 'service' },
      namespace: 'n',
      providers: { embedded: { run: 'never', reason: 'nothing to do there' } },
    });
    const network = networkWithout();
    await examined(chartDownloads([release(remote.chart, entry)], 'embedded', network));
    expect(network.asked).toEqual([]);
    await examined(chartDownloads([release(remote.chart, entry)], 'kind', network));
    expect(network.asked).toEqual(['charts.example.org']);
  });
});
