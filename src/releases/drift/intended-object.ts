import type { KubernetesObject } from '../../kubernetes/objects.js';

/** The release that an object of a manifest belongs to. */
export interface OwningRelease {
  readonly name: string;
  readonly namespace: string;
}

/**
 * An object of a manifest as Helm sends it to the API server: in the namespace of the release where it names none, and
 * with the label and annotations of ownership, which the manifest does not have.
 */
export function intendedObject(
  { metadata, ...rest }: KubernetesObject,
  release: OwningRelease,
  namespaced: boolean,
): KubernetesObject {
  const { namespace, labels, annotations, ...other } = metadata;
  return {
    ...rest,
    metadata: {
      ...other,
      ...(namespaced && { namespace: namespace ?? release.namespace }),
      labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...annotations,
        'meta.helm.sh/release-name': release.name,
        'meta.helm.sh/release-namespace': release.namespace,
      },
    },
  };
}
