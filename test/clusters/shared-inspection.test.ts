import { describe, expect, it } from 'vitest';
import type { ClusterState } from '../../src/clusters/cluster.js';
import { withSharedInspection } from '../../src/clusters/shared-inspection.js';
import { contextFor } from '../toolchain/fixture.js';
import { fakeProvider, running, stopped } from './fake-provider.js';

/** A provider that counts how often it looked. */
function counting(state: ClusterState = running) {
  let looks = 0;
  const inner = fakeProvider({ state });
  const inspect = () => {
    looks += 1;
    return Promise.resolve(inner.state);
  };
  inner.inspect = inspect;
  return { inner, shared: withSharedInspection(inner), looks: () => looks };
}

describe('looking at a cluster together', () => {
  it('asks once for all who look, at the same time or later', async () => {
    const { shared, looks } = counting();
    await Promise.all([shared.inspect(), shared.inspect()]);
    expect(await shared.inspect()).toEqual(running);
    expect(looks()).toBe(1);
  });

  it.each(['create', 'start', 'stop', 'delete'] as const)('asks again after %s', async (change) => {
    const { shared, inner, looks } = counting(stopped);
    await shared.inspect();
    await shared[change](contextFor());
    expect(await shared.inspect()).toEqual(inner.state);
    expect(looks()).toBe(2);
  });

  it('asks again after an update', async () => {
    const { inner, looks } = counting();
    inner.update = () => Promise.resolve('updated');
    const shared = withSharedInspection(inner);
    await shared.inspect();
    expect(await shared.update?.(contextFor())).toBe('updated');
    await shared.inspect();
    expect(looks()).toBe(2);
  });

  it('asks again after a change that failed: something may have happened', async () => {
    const { inner, looks } = counting(stopped);
    inner.start = () => Promise.reject(new Error('no memory'));
    const shared = withSharedInspection(inner);
    await shared.inspect();
    await expect(shared.start(contextFor())).rejects.toThrow('no memory');
    await shared.inspect();
    expect(looks()).toBe(2);
  });

  it('asks again after a look that failed', async () => {
    const { inner } = counting();
    const answers = [() => Promise.reject(new Error('torn record')), () => Promise.resolve(running)];
    inner.inspect = () => (answers.shift() ?? (() => Promise.reject(new Error('asked too often'))))();
    const shared = withSharedInspection(inner);
    await expect(shared.inspect()).rejects.toThrow('torn record');
    expect(await shared.inspect()).toEqual(running);
  });

  it('has an update only where the provider has one', () => {
    expect('update' in counting().shared).toBe(false);
  });

  it('passes on everything else', async () => {
    const { shared, inner } = counting();
    expect([shared.name, shared.tools, await shared.remains()]).toEqual([inner.name, inner.tools, inner.parts]);
  });
});
