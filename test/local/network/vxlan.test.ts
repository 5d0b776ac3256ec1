import { describe, expect, it } from 'vitest';
import type { NodeMachines } from '../../../src/clusters/cluster.js';
import { hasVxlan } from '../../../src/local/network/vxlan.js';

const answering = (answer: string, names: readonly string[] = ['dev-control-plane', 'dev-worker']): NodeMachines => ({
  network: 'kind',
  names: () => Promise.resolve(names),
  run: () => Promise.resolve(`${answer}\n`),
});

describe('asking the nodes about VXLAN', () => {
  it('finds it where a device could be made', async () => {
    expect(await hasVxlan(answering('yes'))).toBe(true);
  });

  it.each(['no: Error: Unknown device type.', 'no: RTNETLINK answers: Operation not supported'])(
    'does not find it where the kernel says %s',
    async (answer) => {
      expect(await hasVxlan(answering(answer))).toBe(false);
    },
  );

  it('does not guess', async () => {
    await expect(hasVxlan(answering('no: unshare: unshare failed: Operation not permitted'))).rejects.toMatchObject({
      message: 'node dev-control-plane cannot tell whether its kernel has VXLAN',
      output: 'no: unshare: unshare failed: Operation not permitted',
    });
    await expect(hasVxlan(answering('yes', []))).rejects.toThrow('the cluster has no nodes to ask about VXLAN');
  });
});
