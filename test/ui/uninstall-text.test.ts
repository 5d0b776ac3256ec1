import { describe, expect, it } from 'vitest';
import { createStyle } from '../../src/ui/style.js';
import { uninstallText } from '../../src/ui/uninstall-text.js';
import type { UninstallResult } from '../../src/usecases/uninstall.js';

const style = createStyle({ color: false, unicode: true });

function text(removals: UninstallResult['removals']): string {
  const summary = { run: 'r', durationMs: 1, steps: [], criticalPath: [], journal: '' };
  const counts = { done: 0, unchanged: 0, unneeded: 0, omitted: 0, failed: 0, skipped: 0, interrupted: 0 };
  return uninstallText({ environment: 'shop', removals, summary: { ...summary, counts } }, style);
}

describe('what `uninstall` says', () => {
  it('is what went with each release, and what stays', () => {
    const removal = {
      release: 'operator',
      namespace: 'shop',
      revision: 3,
      customResources: ['Thing shop/one'],
      definitionsRemoved: ['things.example.org'],
      definitionsLeft: [
        { name: 'widgets.example.org', customResources: 1 },
        { name: 'gadgets.example.org', customResources: 2 },
      ],
      forced: ['Thing shop/one (example.org/cleanup)'],
    };
    expect(text([removal]).split('\n')).toEqual([
      '  uninstalled operator, revision 3',
      '    deleted Thing shop/one',
      '    deleted definition things.example.org, which Helm had installed',
      '    definition widgets.example.org stays, 1 custom resource left',
      '    definition gadgets.example.org stays, 2 custom resources left',
      '    removed the finalizers of Thing shop/one (example.org/cleanup)',
      `${style.symbols.done} 1 release of shop uninstalled; namespaces and volumes stay`,
    ]);
  });

  it('is that there was nothing, where nothing is installed', () => {
    expect(text([])).toBe('shop has no releases installed: nothing to uninstall.');
  });
});
