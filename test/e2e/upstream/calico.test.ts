import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Values } from '../../../src/environment/environment.js';
import { hasCondition, type Condition, type KubernetesObject } from '../../../src/kubernetes/objects.js';
import { calicoValues } from '../../../src/local/network/calico-values.js';
import { asset } from '../../../src/paths.js';
import { parseManifest } from '../../../src/releases/helm/manifest.js';
import { mergeValues } from '../../../src/releases/values/values.js';
import { bareApiServer, type BareApiServer } from '../control-plane/bare-api-server.js';
import { eventually } from '../control-plane/control-plane.js';
import { upstream, withoutUpstream } from '../../upstream.js';

type Definition = KubernetesObject & { readonly status?: { readonly conditions?: readonly Condition[] } };

const installations = '/apis/operator.tigera.io/v1/installations';

/** What the operator is told: the chart's own Installation, with what our values say of it. */
async function installation(vxlan: boolean): Promise<KubernetesObject & { readonly spec: Values }> {
  const text = await readFile(`${upstream}/tigera-operator/manifests.yaml`, 'utf8');
  const rendered = parseManifest(text).find(({ object }) => object.kind === 'Installation');
  if (!rendered) throw new Error('the chart renders no Installation');
  const { apiVersion, kind, metadata, spec } = rendered.object as KubernetesObject & { readonly spec: Values };
  const local = parse(await readFile(asset('helm-values/calico/local.yaml'), 'utf8')) as Values;
  const layers = [{ installation: spec }, local, calicoValues({ pods: '10.244.0.0/16', vxlan })];
  const { installation: wanted } = mergeValues(layers.map((values) => ({ values }))) as { installation: Values };
  return { apiVersion, kind, metadata, spec: wanted };
}

describe.skipIf(withoutUpstream)(`Calico by its operator (${withoutUpstream ?? 'before its real definition'})`, () => {
  let api: BareApiServer;
  beforeAll(async () => {
    api = await bareApiServer();
    const documents = (await readFile(`${upstream}/crd.projectcalico.org.v1/crds.yaml`, 'utf8')).split(/^---$/m);
    const text = documents.find((one) => /^ {2}name: installations\.operator\.tigera\.io$/m.test(one)) ?? '';
    for (const { object } of parseManifest(text)) await api.client.apply(object);
    await eventually(async () => {
      const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/installations.operator.tigera.io';
      const found = await api.client.get<Definition>(path);
      return hasCondition(found?.status?.conditions, 'Established') ? true : undefined;
    });
  });
  afterAll(() => api.dispose());

  it.each([
    ['by VXLAN between subnets, without BGP', true, 'VXLANCrossSubnet', 'Disabled'],
    ['by plain routes of BGP, where the kernel has no VXLAN', false, 'None', 'Enabled'],
  ])('takes the pool that the cluster gives its pods addresses from, %s', async (_, vxlan, encapsulation, bgp) => {
    const body = await installation(vxlan);

    const taken = await api.client.dryRun<typeof body>({ method: 'POST', path: installations, body });

    expect(taken.spec).toMatchObject({
      controlPlaneReplicas: 1,
      calicoNetwork: { bgp, ipPools: [{ cidr: '10.244.0.0/16', encapsulation, natOutgoing: 'Enabled' }] },
    });
  });

  it('would refuse an encapsulation that there is not', async () => {
    const body = await installation(true);
    const spec = { ...body.spec, calicoNetwork: { ipPools: [{ cidr: '10.244.0.0/16', encapsulation: 'Pigeons' }] } };
    await expect(api.client.dryRun({ method: 'POST', path: installations, body: { ...body, spec } })).rejects.toThrow(
      /encapsulation/,
    );
  });
});
