import { labels, systemNamespace, type KubernetesObject } from '../kubernetes/objects.js';
import type { Owner } from './lock-file.js';

/**
 * Seconds after its last renewal for which a Lease is its holder's. An API server that is away for 20 s (a restart, a
 * network that changes) must not cost a run its ownership: twice that leaves room for a renewal that was due anyway.
 */
export const leaseDurationSeconds = 40;
/** A quarter of the duration: three renewals in a row may fail. Six small requests a minute are no load. */
export const renewEveryMs = 10_000;

/** coordination.k8s.io/v1, as far as it is read and written here. */
export interface Lease extends KubernetesObject {
  readonly spec?: {
    /** Empty or absent: nobody holds it. */
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** What the holder's name alone does not say. */
const annotations = { command: 'platform.dev/command', pidSpace: 'platform.dev/pid-space' } as const;

export const leasesPath = `/apis/coordination.k8s.io/v1/namespaces/${systemNamespace}/leases`;

export function leasePath(environment: string): string {
  return `${leasesPath}/${environment}`;
}

/** `user@host/pid/start/run`. */
export function holderIdentity({ user, host, pid, startedAt, run }: Owner): string {
  return `${user}@${host}/${String(pid)}/${startedAt}/${run}`;
}

export interface LeaseHolder {
  /** As far as it can be read: another program may have its own way of naming holders. */
  readonly owner: Owner;
  readonly pidSpace: string | undefined;
  /** ISO 8601. */
  readonly since: string | undefined;
}

/** Who holds a Lease; `undefined` when it is free. */
export function holderOf({ metadata, spec = {} }: Lease): LeaseHolder | undefined {
  const { holderIdentity: identity, acquireTime } = spec;
  if (!identity) return undefined;
  const command = metadata.annotations?.[annotations.command] ?? 'unknown command';
  const [, user, host, pid, startedAt, run] = /^(.*)@([^@/]*)\/(\d+)\/([^/]*)\/([^/]*)$/.exec(identity) ?? [];
  const owner =
    user === undefined || host === undefined
      ? { user: identity, host: 'unknown host', pid: 0, startedAt: '', run: '', command }
      : { user, host, pid: Number(pid), startedAt: startedAt ?? '', run: run ?? '', command };
  return { owner, pidSpace: metadata.annotations?.[annotations.pidSpace], since: acquireTime };
}

export interface Claim {
  readonly environment: string;
  readonly owner: Owner;
  readonly pidSpace: string | undefined;
}

/** The Lease as we hold it from now on; on top of `former` this is compare-and-set by its resourceVersion. */
export function claimed({ environment, owner, pidSpace }: Claim, now: number, former?: Lease): Lease {
  const transitions = former?.spec?.leaseTransitions ?? 0;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: environment,
      namespace: systemNamespace,
      ...(former?.metadata.resourceVersion !== undefined && { resourceVersion: former.metadata.resourceVersion }),
      labels: { [labels.environment]: environment, [labels.run]: owner.run },
      annotations: { [annotations.command]: owner.command, ...(pidSpace && { [annotations.pidSpace]: pidSpace }) },
    },
    spec: {
      holderIdentity: holderIdentity(owner),
      leaseDurationSeconds,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: former ? transitions + 1 : transitions,
    },
  };
}

export function renewed(lease: Lease, now: number): Lease {
  return { ...lease, spec: { ...lease.spec, renewTime: microTime(now) } };
}

/** Given back, as client-go's leader election does it: the object and its count of holders stay. */
export function released(lease: Lease, now: number): Lease {
  return { ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) } };
}

// Kubernetes' MicroTime is refused without its six digits.
function microTime(now: number): string {
  return new Date(now).toISOString().replace('Z', '000Z');
}
