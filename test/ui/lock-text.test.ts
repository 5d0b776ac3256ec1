import { describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { lockText } from '../../src/ui/lock-text.js';
import type { LockResult } from '../../src/usecases/lock.js';

const style = createStyle({ color: false });
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

function result(more: Partial<LockResult> = {}): LockResult {
  return {
    ...{ file: '/shop/platform.lock', targets: ['local', 'aws'], leftOut: [], releases: 2, changes: [] },
    ...{ upToDate: true, unchecked: [], mutable: [], unresolved: [] },
    ...more,
  };
}

describe('a lock as text', () => {
  it('is one line when nothing changed', () => {
    expect(lockText(result(), style, 'write')).toBe('✓ platform.lock is up to date: 2 releases for local and aws');
  });

  it('shows for each release what became different', () => {
    const changes: LockResult['changes'] = [
      {
        ...{ release: 'web', change: 'changed', reason: 'asked for' },
        chart: { from: 'oci://x/web 1.0.0', to: 'oci://x/web 2.0.0' },
        version: { from: '1.0.0', to: '2.0.0' },
        appVersion: { from: '1.0', to: null },
        digest: { from: digest('a'), to: digest('b') },
        crds: { added: ['things.example.org'], removed: ['olds.example.org'], changed: false },
        images: {
          added: ['x/web:2'],
          removed: ['x/web:1'],
          moved: [{ image: 'x/sidecar:1', from: null, to: digest('c') }],
        },
        goneKeys: ['image', 'service.type'],
      },
      { release: 'old', change: 'removed', reason: 'the environment no longer has it' },
    ];
    expect(lockText(result({ changes, upToDate: false }), style, 'write')).toBe(
      [
        'web changed: asked for',
        '  version      1.0.0 → 2.0.0',
        '  appVersion   1.0 → none',
        '  digest       sha256:aaaaaaaaaaaa → sha256:bbbbbbbbbbbb',
        '  crds         + things.example.org',
        '  crds         - olds.example.org',
        '  images       + x/web:2',
        '  images       - x/web:1',
        '  x/sidecar:1  sha256:cccccccccccc',
        '  values       the chart no longer knows image, service.type',
        '',
        'old removed: the environment no longer has it',
        '',
        '✓ wrote /shop/platform.lock: 2 releases for local and aws',
      ].join('\n'),
    );
  });

  it('counts what would be a long list', () => {
    const added = Array.from({ length: 9 }, (_, index) => `x/web:${String(index)}`);
    const changes: LockResult['changes'] = [
      { release: 'web', change: 'added', images: { added, removed: [], moved: [] } },
    ];
    expect(lockText(result({ changes, upToDate: false }), style, 'write')).toContain('  images  +9\n');
  });

  it('says what one should know: tags that move, images without a digest, what was not looked at', () => {
    const text = lockText(
      result({
        leftOut: [{ target: 'aws', reason: 'aws.account is missing' }],
        mutable: [{ release: 'web', image: 'x/web:latest', why: 'tag latest' }],
        unresolved: [
          { image: 'quay.io/a:1', reason: 'quay.io: it did not answer' },
          { image: 'quay.io/b:1', reason: 'quay.io: it did not answer' },
          { image: 'ghcr.io/c:1', reason: 'ghcr.io does not have it' },
        ],
        unchecked: [{ release: 'api', reason: 'its chart is not in the cache' }],
      }),
      style,
      'check',
    );
    expect(text).toBe(
      [
        'Images whose tag can move',
        '  web  x/web:latest  tag latest',
        '',
        'Images without a digest',
        '  quay.io/a:1 and 1 more  quay.io: it did not answer',
        '  ghcr.io/c:1             ghcr.io does not have it',
        '',
        'Taken as they were locked',
        '  api  its chart is not in the cache',
        '',
        '! not for aws: aws.account is missing',
        '✓ platform.lock is up to date: 2 releases for local and aws',
      ].join('\n'),
    );
  });

  it('says after a check what to run', () => {
    const changes: LockResult['changes'] = [{ release: 'web', change: 'added', reason: 'it is not locked yet' }];
    expect(lockText(result({ changes, upToDate: false }), style, 'check')).toBe(
      'web added: it is not locked yet\n\n! platform.lock is not up to date: 1 change\n→ platform lock',
    );
    expect(lockText(result({ upToDate: false }), style, 'check')).toContain(
      'platform.lock is not up to date: edited by hand, or written by another version of platform',
    );
  });
});
