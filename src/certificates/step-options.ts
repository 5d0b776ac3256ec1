import type { Clock } from '../clock.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import { PlatformError } from '../errors.js';
import type { ClusterClient } from '../kubernetes/client.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Paths } from '../paths.js';
import type { Check } from '../plan/step.js';
import type { LeftOut } from '../releases/graph/selection.js';

/** What the steps of certificates are made from. */
export interface CertificateStepOptions {
  readonly environment: Pick<Environment, 'name' | 'local' | 'releases'>;
  readonly provider: Pick<ClusterProvider, 'machines' | 'inspect'>;
  readonly view: ClusterView;
  readonly clock: Clock;
  readonly paths: Pick<Paths, 'data'>;
  readonly leftOut: LeftOut;
  /** Ids of steps: of the gate that lets issuers be created, and of the namespaces. */
  readonly needs: { readonly issuer: readonly string[]; readonly bundle: readonly string[] };
  /** Called before each write to the cluster. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
}

export const authorityId = 'certificates/authority';

export const noClusterYet: Check = { status: 'needed', reason: 'there is no cluster yet' };
export const noAuthorityYet: Check = { status: 'needed', reason: 'there is no certificate authority yet' };

/** The connection of a step that runs when there is a cluster. */
export async function connectionOf(view: ClusterView): Promise<ClusterClient> {
  const client = await view.connection();
  if (!client) throw new PlatformError('conflict', 'the cluster went away in the middle of the run');
  return client;
}
