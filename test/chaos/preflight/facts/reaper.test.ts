import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../../src/clock.js';
import { readReaper } from '../../../../src/chaos/preflight/facts/reaper.js';
import { leasePath } from '../../../../src/ownership/lease-object.js';
import { apiServer, type ApiServer } from '../../../kubernetes/api-server.js';
import { afterwards } from '../../../toolchain/fixture.js';

const { signal } = new AbortController();
const start = Date.parse('2026-11-21T12:00:00Z');

let api: ApiServer;
beforeEach(async () => {
  api = await apiServer();
  afterwards(() => api.close());
});

const renew = (at: number, spec: object = {}) =>
  api.objects.set(leasePath('reaper'), {
    metadata: { name: 'reaper' },
    spec: { holderIdentity: 'reaper-1', renewTime: new Date(at).toISOString(), leaseDurationSeconds: 40, ...spec },
  });

/** Waiting takes no time on it, and lets something happen after so many waits. */
function clock(happens?: { readonly after: number; readonly what: () => unknown }): Clock {
  let waits = 0;
  return {
    now: () => start + waits * 1_000,
    sleep: () => {
      waits += 1;
      if (waits === happens?.after) happens.what();
      return Promise.resolve();
    },
  };
}

describe('whether the reaper lives', () => {
  it('is told by a Lease that was renewed within its duration', async () => {
    renew(start - 39_000);
    expect(await readReaper(api.client, clock(), signal)).toEqual({ isAlive: true, renewedAt: start - 39_000 });
    expect(api.requests).toHaveLength(1);
  });

  it('is seen where its clock differs from ours, since the Lease is renewed while we look on', async () => {
    for (const skewMs of [-120_000, 120_000]) {
      renew(start + skewMs);
      const later = clock({ after: 9, what: () => renew(start + skewMs + 10_000) });
      expect(await readReaper(api.client, later, signal)).toEqual({
        isAlive: true,
        renewedAt: start + skewMs + 10_000,
      });
    }
  });

  it('is denied when nobody renews an old Lease for twice the time between two renewals', async () => {
    renew(start - 120_000);
    const late = clock({ after: 21, what: () => renew(start) });
    expect(await readReaper(api.client, late, signal)).toEqual({ isAlive: false, renewedAt: start - 120_000 });
  });

  it('is denied where there is no Lease, or one that was given back', async () => {
    expect(await readReaper(api.client, clock(), signal)).toEqual({ isAlive: false });
    renew(start, { holderIdentity: '' });
    expect(await readReaper(api.client, clock(), signal)).toEqual({ isAlive: false });
  });
});
