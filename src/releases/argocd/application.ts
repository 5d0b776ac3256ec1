import { labels } from '../../kubernetes/objects.js';
import type { UnstableFields } from './unstable-fields.js';

/** Where Argo CD runs, and where Applications must be. */
export const argocdNamespace = 'argocd';

/** The cluster that Argo CD itself runs in. */
const destinationServer = 'https://kubernetes.default.svc';

/** A git repository that Argo CD reads, and the folder in it that the export is in; empty for its root. */
export interface GitSource {
  readonly repoURL: string;
  readonly revision: string;
  readonly path: string;
}

/** One source of an Application: a chart, a folder, or a repository whose files others refer to. */
export type Source = Readonly<Record<string, unknown>> & { readonly repoURL: string; readonly targetRevision: string };

export interface Application {
  readonly apiVersion: 'argoproj.io/v1alpha1';
  readonly kind: 'Application';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
  };
  readonly spec: object;
}

export interface ApplicationOptions {
  readonly name: string;
  readonly environment: string;
  /** Absent for the root, which nothing orders. */
  readonly wave?: number;
  /** Namespace of its objects. */
  readonly namespace: string;
  readonly sources: readonly Source[];
  /**
   * True where it brings custom resource definitions: it is applied server-side, since the notes that a client-side
   * apply leaves hold 262,144 bytes; it never prunes, and deleting it deletes nothing, because with a definition all of
   * its custom resources go.
   */
  readonly bringsDefinitions: boolean;
  /** What stays as it is in the cluster, whatever the next rendering has. */
  readonly unstable?: readonly UnstableFields[];
  /** Labels of the namespace, which is then created with the first Application in it. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
}

/**
 * An Application that syncs itself. All of them try again after a failed sync: a webhook that does not answer yet, or
 * a definition that is not served yet, is nothing unusual on the way up.
 */
export function application(options: ApplicationOptions): Application {
  const { name, environment, wave, namespace, sources, bringsDefinitions, namespaceLabels, unstable = [] } = options;
  const syncOptions = [
    ...(namespaceLabels ? ['CreateNamespace=true'] : []),
    ...(bringsDefinitions ? ['ServerSideApply=true'] : []),
    // Without it, differences are not shown, and yet synced away.
    ...(unstable.length > 0 ? ['RespectIgnoreDifferences=true'] : []),
  ];
  const [only, ...others] = sources;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace: argocdNamespace,
      labels: { [labels.environment]: environment },
      ...(wave !== undefined && { annotations: { 'argocd.argoproj.io/sync-wave': String(wave) } }),
      ...(!bringsDefinitions && { finalizers: ['resources-finalizer.argocd.argoproj.io'] }),
    },
    spec: {
      project: 'default',
      destination: { server: destinationServer, namespace },
      ...(others.length > 0 ? { sources } : { source: only }),
      ...(unstable.length > 0 && { ignoreDifferences: unstable }),
      syncPolicy: {
        automated: { prune: !bringsDefinitions, selfHeal: true },
        ...(syncOptions.length > 0 && { syncOptions }),
        ...(namespaceLabels && { managedNamespaceMetadata: { labels: namespaceLabels } }),
        retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
      },
    },
  };
}
