import { describe, expect, it } from 'vitest';
import { complaintsOf, load } from './fixture.js';

const service = 'chart: service, namespace: apps';

const needsIn = async (content: string) =>
  Object.fromEntries(
    (await load(content)).releases.map(({ name, needs }) => [
      name,
      needs.map(({ release, facet }) => `${release}:${facet}`),
    ]),
  );

describe('the needs of a release', () => {
  it('are those of the catalogue, the blueprint and the file together, each once', async () => {
    const needs = await needsIn(
      'blueprint: shop\nreleases: { gateway: { needs: ["certificates:webhook", "network:ready"] }, store: { needs: ["certificates:crds"] } }',
    );
    expect(needs).toMatchObject({
      gateway: ['certificates:webhook', 'network:ready'],
      store: ['database:ready', 'gateway:address', 'certificates:crds'],
    });
  });

  it('are forgotten for a release that is on the other target only', async () => {
    expect(await needsIn(`releases: { a: { ${service}, only: aws }, b: { ${service}, needs: ["a:ready"] } }`)).toEqual({
      b: [],
    });
  });

  it('can be any facet of a chart that the catalogue does not know: rendering it will tell', async () => {
    const content = (facet: string) => `releases: { a: { ${service} }, b: { ${service}, needs: ["a:${facet}"] } }`;
    expect(await needsIn(content('address'))).toMatchObject({ b: ['a:address'] });
    expect(await needsIn(content('webhook'))).toMatchObject({ b: ['a:webhook'] });
  });
});

describe('the need of a named condition', () => {
  it('names its object, with a namespace where the kind has one', async () => {
    const needs = await needsIn(
      'releases: { certificates: {}, metrics: { needs: ["certificates:issuer/platform-ca", "certificates:certificate/web/shop.example"] } }',
    );
    expect(needs['metrics']).toEqual(['certificates:issuer/platform-ca', 'certificates:certificate/web/shop.example']);
  });

  it('can be none of a chart nobody knows', async () => {
    const content = `releases: { a: { ${service} }, b: { ${service}, needs: ["a:issuer/platform-ca"] } }`;
    expect(await complaintsOf(load(content))).toEqual([expect.stringContaining('a has no condition issuer')]);
  });

  it('counts for nothing where the release is on the other target only', async () => {
    const content = `releases: { certificates: { only: aws }, b: { ${service}, needs: ["certificates:issuer/ca"] } }`;
    expect(await needsIn(content)).toEqual({ b: [] });
  });

  it('closes a cycle as any other need', async () => {
    const attempt = load(
      'releases: { certificates: { needs: ["metrics:ready"] }, metrics: { needs: ["certificates:issuer/ca"] } }',
    );
    expect(await complaintsOf(attempt)).toEqual([
      expect.stringContaining('releases need each other in a circle: certificates → metrics → certificates'),
    ]);
  });
});

describe('a cycle of needs', () => {
  it('is none where CRDs come before the release that brings them', async () => {
    const needs = await needsIn(
      'releases: { certificates: { needs: ["metrics:ready"] }, metrics: { needs: ["certificates:crds"] } }',
    );
    expect(needs).toEqual({ certificates: ['metrics:ready'], metrics: ['certificates:crds'] });
  });

  it('is one where Helm installs the CRDs with the release', async () => {
    const attempt = load('releases: { operator: { needs: ["metrics:ready"] }, metrics: { needs: ["operator:crds"] } }');
    expect(await complaintsOf(attempt)).toEqual([
      expect.stringContaining('releases need each other in a circle: operator → metrics → operator'),
    ]);
  });

  it('points at the need of the file where the catalogue has the other half', async () => {
    const attempt = load('releases:\n  gateway: {}\n  certificates: { needs: ["gateway:ready"] }\n');
    expect(await complaintsOf(attempt)).toEqual([
      'platform.yaml:6:27 releases need each other in a circle: gateway → certificates → gateway',
    ]);
  });
});
