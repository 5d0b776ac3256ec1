import { describe, expect, it } from 'vitest';
import { isFromCrdsFolder, parseManifest } from '../../../src/releases/helm/manifest.js';

const object = (spec: string, source = 'web/templates/web.yaml') =>
  `---\n# Source: ${source}\napiVersion: v1\nkind: Thing\nmetadata: { name: web }\nspec: ${spec}\n`;

function specOf(text: string): unknown {
  const [first] = parseManifest(object(text));
  return (first?.object as { spec?: unknown } | undefined)?.spec;
}

describe('what Helm rendered', () => {
  it('is read with where each object comes from', () => {
    const found = parseManifest(object('{}') + object('{}', 'web/charts/db/templates/db.yaml'));
    expect(found.map(({ source }) => source)).toEqual(['web/templates/web.yaml', 'web/charts/db/templates/db.yaml']);
  });

  it.each([
    ['0555', 365],
    ['-017', -15],
    ['0x1F', 31],
    ['1_000', 1000],
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['~', null],
    ['=', '='],
    ['12:30', '12:30'],
    ['2001-01-01', '2001-01-01'],
    ['"0555"', '0555'],
    ['1.5', 1.5],
    ['v1', 'v1'],
  ])('reads %s as Helm does', (written, meant) => {
    expect(specOf(`{ value: ${written} }`)).toEqual({ value: meant });
  });

  it('knows where every document of a file in crds/ comes from, whatever its own comments say', () => {
    const second = '---\napiVersion: v1\nkind: B\nmetadata: { name: b }\n# Source: elsewhere/templates/b.yaml\n';
    const found = parseManifest(object('{}', 'web/crds/all.yaml') + second);
    expect(found.map(isFromCrdsFolder)).toEqual([true, true]);
  });

  it('is opened where it is a list', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: A, metadata: { name: a } }\n  - { apiVersion: v1, kind: B, metadata: { name: b } }\n`;
    expect(parseManifest(list).map(({ object: { kind } }) => kind)).toEqual(['A', 'B']);
  });

  it('is read without documents that hold only comments', () => {
    expect(parseManifest('---\n# Source: web/templates/none.yaml\n---\n\n---\n# nothing\n')).toEqual([]);
  });

  it('tells hooks and their events', () => {
    const hook = `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: job\n  annotations: { helm.sh/hook: "pre-install, pre-upgrade" }\n`;
    expect(parseManifest(hook)[0]?.hooks).toEqual(['pre-install', 'pre-upgrade']);
    expect(parseManifest(object('{}'))[0]?.hooks).toEqual([]);
  });

  it('follows anchors and merge keys, and takes the last of two equal keys', () => {
    expect(specOf('{ a: &a { x: 1 }, b: { <<: *a, z: 2 }, c: 1, c: 2 }')).toEqual({
      a: { x: 1 },
      b: { x: 1, z: 2 },
      c: 2,
    });
  });

  it('says which template does not give YAML', () => {
    expect(() => parseManifest(object('{ a: [ }'))).toThrow(/^web\/templates\/web\.yaml: /);
  });

  it.each([
    ['web/crds/a.yaml', true],
    ['web/charts/crds/crds/a.yaml', true],
    ['web/charts/crds/templates/a.yaml', false],
    ['web/templates/crds/a.yaml', false],
  ])('knows whether %s is from a crds folder', (source, expected) => {
    expect(parseManifest(object('{}', source)).map(isFromCrdsFolder)).toEqual([expected]);
  });
});
