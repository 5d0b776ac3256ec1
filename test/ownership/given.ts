import type { Clock } from '../../src/clock.js';
import type { Lease } from '../../src/ownership/lease-object.js';
import { holderIdentity, leasePath } from '../../src/ownership/lease-object.js';
import { thisProcess } from '../../src/file-lock.js';
import type { Owner } from '../../src/ownership/lock-file.js';
import type { ApiServer } from '../kubernetes/api-server.js';

export const path = leasePath('shop');

/** A run of this process. */
export function owner(run: string, more: Partial<Owner> = {}): Owner {
  const { pid, startedAt, host } = thisProcess();
  return { user: 'eve', host, pid, startedAt, run, command: 'up', ...more };
}

/** Somebody on a machine that nobody here can look into. */
export const ann: Owner = { user: 'ann', host: 'build-7', pid: 7, startedAt: '123', run: 'run-7', command: 'destroy' };

export interface GivenLease {
  readonly pidSpace?: string | undefined;
  readonly renewTime?: string;
  readonly seconds?: number;
}

/** Puts a Lease into the cluster that somebody holds. */
export function hold(api: ApiServer, holder: Owner, { pidSpace, renewTime = '', seconds = 40 }: GivenLease = {}): void {
  const version = Number(stored(api)?.metadata.resourceVersion ?? 0) + 1;
  api.objects.set(path, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: 'shop',
      namespace: 'platform-system',
      resourceVersion: String(version),
      annotations: { 'platform.dev/command': holder.command, ...(pidSpace && { 'platform.dev/pid-space': pidSpace }) },
    },
    spec: {
      holderIdentity: holderIdentity(holder),
      leaseDurationSeconds: seconds,
      acquireTime: '2026-11-20T09:00:00.000000Z',
      renewTime,
      leaseTransitions: 3,
    },
  });
}

/** Changes the Lease as somebody else would. */
export function change(api: ApiServer, spec: Partial<NonNullable<Lease['spec']>>): void {
  const found = api.objects.get(path);
  const version = Number(found?.metadata?.resourceVersion ?? 0) + 1;
  const metadata = { ...found?.metadata, resourceVersion: String(version) };
  api.objects.set(path, { ...found, metadata, spec: { ...stored(api)?.spec, ...spec } });
}

export function stored(api: ApiServer): Lease | undefined {
  return api.objects.get(path) as Lease | undefined;
}

export interface ManualClock extends Clock {
  /** Lets time pass and wakes who has slept long enough; answers whether anybody has. */
  pass(milliseconds: number): boolean;
  /** The same; resolves when somebody sleeps again. */
  advance(milliseconds: number): Promise<void>;
}

export function manualClock(): ManualClock {
  let now = Date.parse('2026-11-20T10:00:00Z');
  let sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  const pass = (milliseconds: number) => {
    now += milliseconds;
    const awake = sleepers.filter(({ until }) => until <= now);
    sleepers = sleepers.filter(({ until }) => until > now);
    for (const { wake } of awake) wake();
    return awake.length > 0;
  };
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { until: now + milliseconds, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason as Error);
        });
      }),
    pass,
    async advance(milliseconds) {
      // A request to a server on this machine lies between waking and sleeping again.
      if (pass(milliseconds)) while (sleepers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
}
