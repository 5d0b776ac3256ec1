import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/clock.js';
import { ApiUnreachableError } from '../../src/kubernetes/api-errors.js';
import type { ClusterClient } from '../../src/kubernetes/client.js';
import { patienceMs, patientClient } from '../../src/kubernetes/patient-client.js';

let now = 0;
let calls = 0;
let away = 0;
let told = 0;
let mayComeBack = true;
beforeEach(() => {
  now = 0;
  calls = 0;
  told = 0;
  mayComeBack = true;
});

const clock: Clock = {
  now: () => now,
  sleep(milliseconds, signal) {
    signal?.throwIfAborted();
    now += milliseconds;
    return Promise.resolve();
  },
};

/** Fails as long as there is something to be away for. */
function answer<T>(value: T): Promise<T> {
  calls += 1;
  away -= 1;
  return away >= 0 ? Promise.reject(new ApiUnreachableError('https://here', undefined)) : Promise.resolve(value);
}

const client = patientClient(
  {
    server: 'https://here',
    get: () => answer(undefined),
    list: () => answer([]),
    create: () => answer({}),
    replace: () => answer({}),
  } as unknown as ClusterClient,
  { clock, mayComeBack: () => Promise.resolve(mayComeBack), onAway: () => (told += 1) },
);

describe('an API server that goes away in the middle', () => {
  it('is waited for, and that is told once', async () => {
    away = 5;
    expect(await client.list('/api/v1/pods')).toEqual([]);
    expect({ calls, told }).toEqual({ calls: 6, told: 1 });
  });

  it('is told again when it goes away again', async () => {
    away = 1;
    await client.list('/api/v1/pods');
    away = 1;
    await client.get('/api/v1/pods/a');
    expect(told).toBe(2);
  });

  it('is given up after a minute', async () => {
    away = 10_000;
    await expect(client.list('/api/v1/pods')).rejects.toBeInstanceOf(ApiUnreachableError);
    expect(now).toBe(patienceMs);
  });

  it('is given up at once where it cannot come back', async () => {
    mayComeBack = false;
    away = 1;
    await expect(client.list('/api/v1/pods')).rejects.toBeInstanceOf(ApiUnreachableError);
    expect(now).toBe(0);
  });

  it('is not asked twice for what must not be done twice', async () => {
    away = 1;
    await expect(client.create('/api/v1/pods', {})).rejects.toBeInstanceOf(ApiUnreachableError);
    expect(calls).toBe(1);
  });

  it('is not waited for by what is interrupted', async () => {
    away = 10;
    await expect(client.list('/api/v1/pods', {}, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
