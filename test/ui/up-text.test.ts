import { describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { upText } from '../../src/ui/up-text.js';
import type { UpResult } from '../../src/usecases/up.js';

const style = createStyle({ color: false, unicode: true });
const result: UpResult = {
  environment: 'shop',
  provider: 'kind',
  summary: {
    run: 'one',
    durationMs: 1,
    counts: { done: 0, unchanged: 0, unneeded: 0, omitted: 0, failed: 0, skipped: 0, interrupted: 0 },
    steps: [],
    criticalPath: [],
    journal: '/nowhere',
  },
  standIns: [],
  unwanted: [],
  drills: [],
  urls: [{ url: 'https://web.shop.test:8443/', namespace: 'apps', ingress: 'web' }],
  unreachable: [],
  requests: 1,
};

describe('what one has after an up', () => {
  it('is its addresses and the next commands', () => {
    expect(upText(result, style)).toBe(
      [
        'Addresses',
        '  https://web.shop.test:8443/  apps/web',
        '→ kubectl --context platform-shop get pods -A',
        '→ platform status, platform open',
      ].join('\n'),
    );
  });

  it('is told together with what keeps people from using the addresses', () => {
    const unreachable = ['web.shop.test: not known on this machine', '`platform hosts apply` writes it'];
    expect(
      upText({ ...result, unreachable }, style)
        .split('\n')
        .slice(2, 4),
    ).toEqual(['  ! web.shop.test: not known on this machine', '  ! `platform hosts apply` writes it']);
  });

  it('says where nothing answers, and what is no longer wanted', () => {
    const text = upText({ ...result, provider: 'embedded', simulation: 'simulated', unwanted: ['old'] }, style);
    expect(text).toContain('Addresses (simulated: nothing answers there)\n');
    expect(text).toContain('\nNo longer wanted: old; `platform up --local --prune` uninstalls them\n');
    expect(text).toMatch(/→ platform status$/);
  });

  it('says that what runs on this machine does answer', () => {
    const urls = result.urls.map((url) => ({ ...url, isReal: true as const }));
    const text = upText({ ...result, urls, provider: 'embedded', simulation: 'simulated' }, style);
    expect(text).toContain('Addresses (simulated: only those on 127.0.0.1 answer)\n');
  });

  it('keeps the parts that were asked for in the command that takes away the rest', () => {
    const text = upText({ ...result, unwanted: ['old'], askedParts: ['logging'] }, style);
    expect(text).toContain('`platform up --local --with logging --prune` uninstalls them');
  });
});
