import { describe, expect, it } from 'vitest';
import type { Need } from '../../../src/environment/environment.js';
import { writtenEdges } from '../../../src/releases/graph/edges.js';
import { leftOutBy } from '../../../src/releases/graph/selection.js';
import { release } from '../release.js';

const need = (text: string): Need => ({ release: text, facet: 'ready' });
const releases = [
  release('postgres'),
  release('auth', { needs: [need('postgres')] }),
  release('api', { needs: [need('auth'), need('elsewhere')] }),
  release('traefik'),
];
const edges = writtenEdges(releases);

/** Names of the releases that take part. */
function selected(selection: { only?: string[]; skip?: string[] }): string[] {
  const leftOut = leftOutBy({ only: [], skip: [], ...selection }, releases, edges);
  return releases.map(({ name }) => name).filter((name) => leftOut(name) === undefined);
}

describe('the releases that take part', () => {
  it('are all without a selection', () => {
    expect(selected({})).toEqual(['postgres', 'auth', 'api', 'traefik']);
  });

  it('are with --only those named and all they need', () => {
    expect(selected({ only: ['auth'] })).toEqual(['postgres', 'auth']);
    expect(selected({ only: ['api'] })).toEqual(['postgres', 'auth', 'api']);
  });

  it('are with --only those that follow from what is created, but not those that are only waited for to be safe', () => {
    const derived = [
      { from: 'traefik', to: 'auth', facet: 'crds', derived: 'creates Auth/x' },
      { from: 'postgres', to: 'api', facet: 'crds', derived: 'its chart was not rendered yet', isPrecaution: true },
    ] as const;
    const leftOut = leftOutBy({ only: ['traefik'], skip: [] }, releases, [...edges, ...derived]);
    expect(releases.map(({ name }) => name).filter((name) => leftOut(name) === undefined)).toEqual([
      'postgres',
      'auth',
      'traefik',
    ]);
  });

  it('are without those named by --skip, though others need them', () => {
    expect(selected({ skip: ['postgres'] })).toEqual(['auth', 'api', 'traefik']);
  });

  it('are with both what --only says without what --skip says', () => {
    expect(selected({ only: ['api'], skip: ['postgres'] })).toEqual(['auth', 'api']);
  });

  it('are told with the reason for the others', () => {
    const leftOut = leftOutBy({ only: ['api'], skip: ['postgres'] }, releases, edges);
    expect(leftOut('postgres')).toBe('left out by --skip');
    expect(leftOut('traefik')).toBe('left out by --only');
  });

  it.each([{ only: ['atuh'] }, { skip: ['atuh'] }])('cannot be chosen by a name that is none: %o', (selection) => {
    expect(() => selected(selection)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: 'the environment has no release atuh',
        suggestions: ['its releases are postgres, auth, api, traefik'],
      }),
    );
  });

  it('ends where needs go round in a circle', () => {
    const circle = [release('a', { needs: [need('b')] }), release('b', { needs: [need('a')] })];
    expect(leftOutBy({ only: ['a'], skip: [] }, circle, writtenEdges(circle))('b')).toBeUndefined();
  });
});
