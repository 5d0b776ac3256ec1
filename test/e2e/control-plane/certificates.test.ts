import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureAuthority, readAuthority } from '../../../src/certificates/authority.js';
import { certificateSteps } from '../../../src/certificates/steps.js';
import { systemClock } from '../../../src/clock.js';
import type { ClusterClient } from '../../../src/kubernetes/client.js';
import { ClusterView } from '../../../src/kubernetes/cluster-view.js';
import type { KubernetesObject } from '../../../src/kubernetes/objects.js';
import type { Step } from '../../../src/plan/step.js';
import { customResourceDefinition } from '../../../src/releases/charts/stand-in/custom-resource-definition.js';
import { withoutFile } from '../../../src/usecases/environment-of-record.js';
import { release } from '../../releases/release.js';
import { controlPlane, eventually, stepContext, type ControlPlane } from './control-plane.js';

const issuerPath = '/apis/cert-manager.io/v1/clusterissuers/platform-ca';
const definitionPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/clusterissuers.cert-manager.io';

type Managed = KubernetesObject & {
  readonly data?: Readonly<Record<string, string>>;
  readonly type?: string;
  readonly metadata: { readonly managedFields?: readonly { readonly manager: string; readonly operation: string }[] };
};
type Served = KubernetesObject & { readonly status?: { readonly conditions?: readonly { type: string }[] } };

let plane: ControlPlane;
let client: ClusterClient;
let view: ClusterView;
let steps: Step[];
beforeAll(async () => {
  plane = await controlPlane('certificates');
  await plane.provider.create(stepContext());
  client = await plane.client();
  view = new ClusterView(() => Promise.resolve(client), systemClock);
  const certManager = release('cert-manager', { namespace: 'cert-manager' });
  steps = certificateSteps({
    environment: { ...withoutFile('certificates'), releases: [certManager] },
    provider: plane.provider,
    view,
    clock: systemClock,
    paths: plane.sandbox.paths,
    leftOut: () => undefined,
    needs: { issuer: [], bundle: [] },
    ensureOwned: () => Promise.resolve(),
  });
  const labels = { 'platform.dev/environment': 'certificates' };
  for (const name of ['cert-manager', 'apps']) {
    await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  }
  await client.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
  await ensureAuthority(plane.sandbox.paths, systemClock);
});
afterAll(() => plane.dispose());

const step = (name: string) => steps.find(({ id }) => id === `certificates/${name}`) ?? expect.fail(`no step ${name}`);

/** What the steps say after everything seen before is forgotten. */
function check(name: string) {
  view.forget();
  return step(name).check(stepContext());
}

describe('certificates in a cluster', () => {
  it('leaves out what only machines have', () => {
    expect(steps.map(({ id }) => id)).toEqual(['authority', 'issuer', 'bundle'].map((name) => `certificates/${name}`));
  });

  it('gives cert-manager our authority to issue with, once its definitions are there', async () => {
    expect(await check('issuer')).toEqual({ status: 'needed', reason: 'new' });
    const kind = { group: 'cert-manager.io', kind: 'ClusterIssuer', plural: 'clusterissuers' };
    await client.apply(customResourceDefinition({ ...kind, scope: 'Cluster', versions: ['v1'] }, {}));
    await eventually(async () => {
      const conditions = (await client.get<Served>(definitionPath))?.status?.conditions;
      return conditions?.some(({ type }) => type === 'Established') ? true : undefined;
    });
    // A kind is served a moment after its definition is established.
    await eventually(() => client.list(issuerPath.replace('/platform-ca', '')).catch(() => undefined));

    expect(await step('issuer').apply(stepContext())).toBe('Ready');
    const authority = await readAuthority(plane.sandbox.paths);
    const secret = await client.get<Managed>('/api/v1/namespaces/cert-manager/secrets/platform-ca');
    expect(secret?.type).toBe('kubernetes.io/tls');
    expect(Buffer.from(secret?.data?.['tls.crt'] ?? '', 'base64').toString()).toBe(authority?.pem);
    expect(secret?.metadata.managedFields).toMatchObject([{ manager: 'platform', operation: 'Apply' }]);
    expect(await check('issuer')).toEqual({ status: 'satisfied' });
  });

  it('sees that the authority is another one, and replaces it', async () => {
    await client.apply(
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name: 'platform-ca', annotations: { 'platform.dev/authority': 'of before' } },
        spec: { ca: { secretName: 'platform-ca' } },
      } as KubernetesObject,
      undefined,
      { path: issuerPath },
    );
    expect(await check('issuer')).toEqual({ status: 'needed', reason: 'it signs with another authority' });
    await step('issuer').apply(stepContext());
    expect(await check('issuer')).toEqual({ status: 'satisfied' });
  });

  it('puts the trust bundle into the namespaces of the environment', async () => {
    expect(await check('bundle')).toMatchObject({ reason: expect.stringMatching(/apps.*cert-manager/) as unknown });
    await step('bundle').apply(stepContext());
    const bundles = await client.list<Managed>('/api/v1/configmaps', {
      fieldSelector: 'metadata.name=platform-trust-bundle',
    });
    expect(bundles.map(({ metadata }) => metadata.namespace).sort()).toEqual(['apps', 'cert-manager']);
    expect(bundles[0]?.data).toEqual({ 'ca.crt': (await readAuthority(plane.sandbox.paths))?.pem });
    expect(await check('bundle')).toEqual({ status: 'satisfied', detail: 'in 2 namespaces' });
  });

  it('names who else holds a bundle instead of taking it away', async () => {
    const path = '/api/v1/namespaces/apps/configmaps/platform-trust-bundle';
    const bundle = await client.get<Managed>(path);
    const { name = '', namespace = '' } = bundle?.metadata ?? {};
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { 'ca.crt': 'theirs' } };
    await client.apply(theirs, undefined, { manager: 'somebody', force: true });
    expect(await check('bundle')).toMatchObject({ reason: 'not as wanted in apps' });
    await expect(step('bundle').apply(stepContext())).rejects.toThrow(/conflict with "somebody"/);
  });
});
