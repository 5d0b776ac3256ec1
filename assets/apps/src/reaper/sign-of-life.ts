import type { ReaperApi } from './api-server.js';
import { intents } from './intent.js';

/** Four of them may be missed before the Lease runs out, as with those of environments. */
export const renewEveryMs = 10_000;
const leaseDurationSeconds = 40;

const leases = `/apis/coordination.k8s.io/v1/namespaces/${intents.namespace}/leases`;

interface Lease {
  readonly spec?: object;
}

/**
 * Renews the Lease by which a drill sees, before it breaks anything, that somebody would take it back. It elects nobody:
 * of two reapers the one that is not first has nothing left to do.
 * @param by who this reaper is
 */
export async function showLife(
  api: Pick<ReaperApi, 'get' | 'create' | 'replace'>,
  by: string,
  now: Date,
): Promise<void> {
  const lease = (await api.get(`${leases}/${intents.reaper}`)) as Lease | undefined;
  const spec = {
    ...lease?.spec,
    holderIdentity: by,
    leaseDurationSeconds,
    // Kubernetes' MicroTime is refused without its six digits.
    renewTime: now.toISOString().replace('Z', '000Z'),
  };
  // On a conflict another reaper has just shown that it lives, and before there is a namespace there are no drills.
  if (lease) await api.replace(`${leases}/${intents.reaper}`, { ...lease, spec });
  else {
    const metadata = { name: intents.reaper, namespace: intents.namespace };
    await api.create(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
  }
}
