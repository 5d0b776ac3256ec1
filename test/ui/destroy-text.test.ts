import { describe, expect, it } from 'vitest';
import { destroyText } from '../../src/ui/destroy-text.js';
import { createStyle } from '../../src/ui/style.js';
import type { DestroyResult } from '../../src/usecases/destroy.js';

const style = createStyle({ color: false, unicode: false });
const gone: DestroyResult = {
  environment: 'shop',
  existed: true,
  removed: ['container shop-control-plane', 'folder /state/shop'],
  left: [],
  kept: [],
};

describe('what is said after an environment was destroyed', () => {
  it('is each thing that was removed, and that nothing is left', () => {
    expect(destroyText(gone, style)).toBe(
      [
        '  removed container shop-control-plane',
        '  removed folder /state/shop',
        '+ shop is gone: 2 things removed, 0 left',
      ].join('\n'),
    );
  });

  it('is also what stays for the next environment', () => {
    const kept = ['container platform-registry (localhost:5001)', 'certificate authority /data/ca'];
    expect(
      destroyText({ ...gone, kept }, style)
        .split('\n')
        .slice(2),
    ).toEqual([
      '  kept container platform-registry (localhost:5001)',
      '  kept certificate authority /data/ca',
      '+ shop is gone: 2 things removed, 0 left',
    ]);
  });

  it('is that there was none where there was none', () => {
    expect(destroyText({ ...gone, existed: false, removed: [] }, style)).toBe(
      'There is no environment shop on this machine: nothing to remove.',
    );
  });
});
