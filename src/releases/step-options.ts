import type { Clock } from '../clock.js';
import type { ClusterProvider } from '../clusters/cluster.js';
import type { Environment } from '../environment/environment.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import type { Charts } from './charts/charts.js';
import type { Edge } from './contents/contents.js';
import type { Helm } from './helm/helm.js';
import type { Renderings } from './contents/rendering.js';
import type { Settle } from './settle.js';
import type { LeftOut } from './graph/selection.js';

/** What the steps of releases are made from. */
export interface ReleaseStepOptions {
  /** Its releases with their contents, where these are known. */
  readonly environment: Environment;
  /** Who waits for what, see `edges.ts`. */
  readonly edges: readonly Edge[];
  readonly provider: ClusterProvider;
  readonly view: ClusterView;
  readonly charts: Charts;
  readonly renderings: Renderings;
  readonly helm: Helm;
  readonly clock: Clock;
  readonly run: string;
  readonly leftOut: LeftOut;
  /** Of the user's environment: what Secrets are made from. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Take back what others changed in releases since they were installed. */
  readonly repair: boolean;
  /** Ids of the steps that must be through before anything is put into the cluster. */
  readonly needs: readonly string[];
  /** Ids of the steps that must be through before pods of a release can start. */
  readonly podNeeds?: (release: string) => readonly string[];
  /** Completes a release's values by what only the world knows; absent where nothing real is built. */
  readonly settle?: Settle;
  /** Called before each write to the cluster: throws when this run no longer owns the environment. */
  readonly ensureOwned: (signal: AbortSignal) => Promise<void>;
  /** Whether a run was one of this machine's that is over with all its tools. */
  readonly isOver: (run: string) => Promise<boolean>;
}
