import { describe, expect, it } from 'vitest';
import { nodeVersion } from '../../src/doctor/node-version.js';
import { examined } from './examined.js';

describe('the version of Node', () => {
  it.each(['20.19.0', '22.3.0', '26.0.0'])('will do when it is %s', async (version) => {
    expect((await examined(nodeVersion(version, '>=20.19.0'))).status).toBe('ok');
  });

  it('blocks when it is too old, and says which is needed', async () => {
    const finding = await examined(nodeVersion('18.20.4', '>=20.19.0'));
    expect(finding).toMatchObject({ status: 'blocking', detail: expect.stringContaining('18.20.4') as string });
    expect(finding.fix?.[0]).toContain('>=20.19.0');
  });
});
