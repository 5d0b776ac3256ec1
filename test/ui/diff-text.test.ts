import { describe, expect, it } from 'vitest';
import type { ReleaseDiff } from '../../src/releases/drift/release-diff.js';
import { diffText } from '../../src/ui/diff-text.js';
import { createStyle } from '../../src/ui/style.js';
import { displayWidth } from '../../src/ui/width.js';

const style = createStyle({ color: false });
const unchanged = (release: string): ReleaseDiff => ({ ...about(release), status: 'unchanged', objects: [] });
const about = (release: string) => ({ release, namespace: 'shop' });

function text(...releases: readonly ReleaseDiff[]): string {
  return diffText(
    { environment: 'shop', provider: 'embedded', releases, surroundings: [], drills: [], changes: true },
    style,
  );
}

/** The lines below the heading of a release that has drifted in one field. */
function linesFor(live: unknown, intended: unknown, path = 'spec.replicas'): string[] {
  const fields = [{ path, ...(live !== undefined && { live }), ...(intended !== undefined && { intended }) }];
  const objects = [{ object: 'Deployment/auth', namespace: 'shop', status: 'changed' as const, fields }];
  return text({ ...about('auth'), status: 'drifted', objects })
    .split('\n')
    .slice(3, -2);
}

describe('a diff as text', () => {
  it('tells release by release what drifted and what would change, and only counts the rest', () => {
    const object = (name: string, namespace = 'shop') => ({ object: name, namespace, fields: [] });
    const result = text(
      {
        ...{ ...about('auth'), status: 'drifted' },
        objects: [
          { ...object('ConfigMap/auth'), status: 'missing' },
          {
            ...object('Deployment/auth'),
            status: 'changed',
            fields: [{ path: 'spec.replicas', live: 5, intended: 2 }],
          },
        ],
      },
      {
        ...{ ...about('api'), status: 'changed', reason: 'values changed: image.tag' },
        problem: 'Helm would refuse it: it is not ours',
        objects: [
          { ...object('Service/api'), status: 'missing' },
          { ...object('Role/api', 'kube-system'), status: 'missing' },
          { ...object('Secret/old'), status: 'surplus' },
          { object: 'Widget/api', status: 'unserved', fields: [] },
          { ...object('Deployment/api'), status: 'refused', reason: 'spec.selector: field is immutable' },
        ],
      },
      { ...about('db'), status: 'blocked', reason: 'its chart is gone', objects: [] },
      unchanged('web'),
      { ...about('calico'), status: 'omitted', reason: 'no network', objects: [] },
    );

    expect(result).toBe(
      `shop on embedded

auth  drifted
  missing: ConfigMap/auth
  Deployment/auth spec.replicas: live 5, intended 2

api  changed: values changed: image.tag
  ! Helm would refuse it: it is not ours
  creates Service/api, Role/api in kube-system
  deletes Secret/old
  of a kind that is not served: Widget/api
  Deployment/api: spec.selector: field is immutable

db  blocked: its chart is gone

Diff: 1 drifted, 1 changed, 1 blocked, 1 unchanged, 1 omitted`,
    );
  });

  it('is a list where everything is new', () => {
    const fresh = (name: string): ReleaseDiff => ({ ...about(name), status: 'new', reason: 'new', objects: [] });
    expect(text(fresh('auth'), fresh('api'))).toBe('shop on embedded\n\nauth  new\napi  new\n\nDiff: 2 new');
  });

  it('names namespaces and secrets first, and counts them', () => {
    const surroundings = [
      { name: 'namespace shop', status: 'changed' as const, reason: 'its NetworkPolicy deny-all is not there' },
      { name: 'secret login', status: 'blocked' as const, reason: 'its key url comes from a variable' },
    ];
    const common = { environment: 'shop', provider: 'embedded', drills: [], changes: true };
    expect(diffText({ ...common, surroundings, releases: [unchanged('auth')] }, style)).toBe(
      `shop on embedded

namespace shop  changed: its NetworkPolicy deny-all is not there
secret login  blocked: its key url comes from a variable

Diff: 1 unchanged; 2 namespaces or secrets`,
    );
    expect(diffText({ ...common, surroundings: surroundings.slice(1), releases: [] }, style)).toContain(
      'Diff: no releases; 1 namespace or secret',
    );
  });

  it('is one line where nothing differs', () => {
    expect(text(unchanged('auth'), unchanged('api'))).toBe('shop on embedded\n\n✓ as wanted: 2 unchanged');
  });

  it('fits 80 columns, whatever the values are', () => {
    const path = 'spec.template.spec.containers[app].image';
    expect(linesFor('registry.example/auth:2', 'registry.example/auth:1', path)).toEqual([
      `  Deployment/auth ${path}`,
      '    live      registry.example/auth:2',
      '    intended  registry.example/auth:1',
    ]);
    for (const line of linesFor('x'.repeat(500), ['y'.repeat(500)], path)) {
      expect(displayWidth(line)).toBeLessThanOrEqual(80);
    }
    const names = Array.from({ length: 30 }, (_, index) => `ConfigMap/number-${String(index)}`);
    const objects = names.map((object) => ({ object, namespace: 'shop', status: 'missing' as const, fields: [] }));
    for (const line of text({ ...about('auth'), status: 'new', objects }).split('\n')) {
      expect(displayWidth(line)).toBeLessThanOrEqual(80);
    }
  });

  it('shows of texts with many lines the first that differs', () => {
    const path = 'data["app.conf"]';
    expect(linesFor('a: 1\nb: 2\nc: 3', 'a: 1\nb: 4\nc: 5', path)).toEqual([
      `  Deployment/auth ${path} line 2: live "b: 2", intended "b: 4"`,
    ]);
    expect(linesFor('a\n', 'a\nb\n', path)[0]).toContain('line 2: live "", intended b');
    expect(linesFor('a\n***', 'a\n***', path)[0]).toContain(String.raw`live "a\n***", intended "a\n***"`);
  });

  it('tells text from what is not text, and that there is nothing', () => {
    expect(linesFor('true', true)[0]).toContain('live "true", intended true');
    expect(linesFor('5', 5)[0]).toContain('live "5", intended 5');
    expect(linesFor(undefined, '')[0]).toContain('live none, intended ""');
    expect(linesFor('none', '***')[0]).toContain('live "none", intended ***');
    expect(linesFor({ a: 1 }, 'x\u001b[2J')[0]).toContain(String.raw`live {"a":1}, intended "x\u001b[2J"`);
  });
});
