import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportedDefinition, exportedYaml } from '../../../src/releases/argocd/exported-yaml.js';

describe('a file of an export', () => {
  it('means to Helm what was meant', () => {
    const shared = { a: 1 };
    const value = { yes: 'no', mode: '0555', time: '12:30', gone: null, text: 'a\nb\n', one: shared, two: shared };
    const text = exportedYaml(value);
    expect(parse(text, { version: '1.1' })).toEqual(value);
    expect(text).not.toMatch(/[&*]a\d/);
    expect(text).toMatch(/^# Made by `platform export argocd`/);
  });
});

describe('a definition in an export', () => {
  const definition = (spec: object) => ({
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', spec },
    metadata: { name: 'widgets.example.org', annotations: { a: 'b' } },
  });

  it('outlives its file and its Application', () => {
    expect(exportedDefinition(definition({ group: 'example.org' }))).toEqual({
      ...definition({ group: 'example.org' }),
      metadata: {
        name: 'widgets.example.org',
        annotations: { a: 'b', 'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false' },
      },
    });
  });

  it('leaves out what the API server would drop', () => {
    const spec = (kept: boolean) => exportedDefinition(definition({ group: 'x', preserveUnknownFields: kept }));
    expect(spec(false)).toHaveProperty('spec', { group: 'x' });
    expect(spec(true)).toHaveProperty('spec', { group: 'x', preserveUnknownFields: true });
  });
});
