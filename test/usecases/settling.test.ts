import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NodeMachines } from '../../src/clusters/cluster.js';
import type { Release } from '../../src/environment/environment.js';
import { contentTag } from '../../src/images/content-hash.js';
import { mergeValues } from '../../src/releases/values/values.js';
import { withoutFile } from '../../src/usecases/environment-of-record.js';
import { settling, withImages } from '../../src/usecases/settling.js';
import { errorOf } from '../environment/fixture.js';
import { sourcesOf, workshop } from '../images/given.js';
import { publish, signal } from '../registry/given-images.js';
import { catalogueEntry, release } from '../releases/release.js';

const { local } = withoutFile('shop');
const auth = release('auth', { image: 'auth', values: [{ origin: 'platform.yaml', values: { replicas: 2 } }] });
const calico = release('calico', { catalogue: catalogueEntry('calico') });

/** Nodes whose kernel has VXLAN or not, and how often they were asked. */
function nodes({ hasVxlan = true } = {}) {
  let asked = 0;
  const machines: NodeMachines = {
    network: 'kind',
    names: () => Promise.resolve(['shop-control-plane']),
    run() {
      asked += 1;
      return Promise.resolve(hasVxlan ? 'yes\n' : 'no: Error: Unknown device type.\n');
    },
  };
  return { machines, asked: () => asked };
}

/** A registry of this machine, and a source that may be built into it. */
async function given({ machines = nodes().machines }: { readonly machines?: NodeMachines | undefined } = {}) {
  const source = await sourcesOf();
  const shop = await workshop({ auth: source });
  const settle = settling({ local }, { machines }, shop) ?? expect.fail('there is nothing to settle');
  const tag = await contentTag('auth', source);
  const build = () => publish(shop.registry, 'auth', tag);
  return { ...shop, source, tag, settle, build };
}

async function settled(settling: Promise<Release | { readonly unsettled: string }>): Promise<Release> {
  const result = await settling;
  if ('unsettled' in result) expect.fail(result.unsettled);
  return result;
}

describe('settling the values of a release with an image of ours', () => {
  it('gives it the place, the tag and the digest of what is in the registry', async () => {
    const { registry, settle, build, tag } = await given();
    const digest = build();
    const { values } = await settled(settle(auth, signal));
    expect(values.map(({ origin }) => origin)).toEqual(['platform.yaml', 'image auth']);
    expect(mergeValues(values)).toEqual({ replicas: 2, image: { repository: `${registry.host}/auth`, tag, digest } });
  });

  it('cannot be done before that is built from the sources as they are now', async () => {
    const { settle, build, again, source } = await given();
    expect(await settle(auth, signal)).toEqual({ unsettled: 'its image auth is built anew' });
    build();
    expect(await settle(auth, signal)).toHaveProperty('values');
    await writeFile(join(source.context, 'main.js'), 'changed');
    const later = settling({ local }, nodes(), { images: again() });
    expect(await later?.(auth, signal)).toEqual({ unsettled: 'its image auth is built anew' });
  });

  it('leaves alone what the command line says of the image', async () => {
    const { settle, build } = await given();
    build();
    const asked = { origin: '--set', values: { image: { tag: 'v2' } } };
    const other = { ...auth, values: [...auth.values, asked] };
    expect(await settle(other, signal)).toBe(other);
    expect(await settled(settle({ ...auth, values: [{ ...asked, values: { replicas: 3 } }] }, signal))).toMatchObject({
      values: [{ origin: 'image auth' }, { origin: '--set' }],
    });
  });

  it('leaves releases of other images as they are', async () => {
    const { settle } = await given();
    const web = release('web');
    expect(await settle(web, signal)).toBe(web);
  });
});

describe('settling the values of the pod network', () => {
  it('gives it the pods’ addresses and what the kernel of the nodes can do, asked once', async () => {
    for (const hasVxlan of [true, false]) {
      const { machines, asked } = nodes({ hasVxlan });
      const { settle } = await given({ machines });
      const { values } = await settled(settle(calico, signal));
      await settle(calico, signal);
      expect(values.map(({ origin }) => origin)).toEqual(['this cluster']);
      expect(mergeValues(values)).toMatchObject({
        installation: {
          calicoNetwork: {
            ipPools: [{ cidr: '10.244.0.0/16', encapsulation: hasVxlan ? 'VXLANCrossSubnet' : 'None' }],
          },
        },
      });
      expect(asked()).toBe(1);
    }
  });

  it('leaves a release alone that only has its name', async () => {
    const { machines, asked } = nodes();
    const { settle } = await given({ machines });
    const own = release('calico');
    expect(await settle(own, signal)).toBe(own);
    expect(asked()).toBe(0);
  });
});

describe('where no container runs', () => {
  it('there is nothing to settle', async () => {
    const shop = await workshop({});
    expect(settling({ local }, {}, shop)).toBeUndefined();
    expect(settling({ local }, nodes(), undefined)).toBeUndefined();
  });
});

describe('the names of images, before they are built', () => {
  it('are those that the registry of this machine will have', async () => {
    const { registry, images, source, tag } = await given();
    const [named] = await withImages({ releases: [auth], images: { auth: source } }, { images });
    expect(named?.values.at(-1)).toEqual({
      origin: 'image auth',
      values: { image: { repository: `${registry.host}/auth`, tag } },
    });
  });

  it('are of a registry that does not exist, but by the same contents, where none is built', async () => {
    const { source, tag } = await given();
    const [named] = await withImages({ releases: [auth], images: { auth: source } }, undefined);
    expect(mergeValues(named?.values ?? [])).toEqual({
      replicas: 2,
      image: { repository: 'registry.localhost/auth', tag },
    });
  });

  it('leave other releases as they are, in their order', async () => {
    const { images, source } = await given();
    const web = release('web');
    const named = await withImages({ releases: [web, auth], images: { auth: source } }, { images });
    expect(named.map(({ name }) => name)).toEqual(['web', 'auth']);
    expect(named[0]).toBe(web);
  });

  it('cannot be had without the sources, which is said', async () => {
    const { source } = await given();
    await rm(join(source.context, 'Dockerfile'));
    const error = await errorOf(withImages({ releases: [auth], images: { auth: source } }, undefined));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(/^images\.auth\.context: there is no Dockerfile in \//);
  });
});
