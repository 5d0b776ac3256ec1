import type { ClusterView } from '../kubernetes/cluster-view.js';

/** An address that an Ingress of the environment offers. */
export interface ServedUrl {
  readonly url: string;
  readonly namespace: string;
  readonly ingress: string;
}

/** Every host of every Ingress, with https where it has a certificate for it. */
export async function urlsOf(view: ClusterView): Promise<ServedUrl[]> {
  const ingresses = await view.ingresses();
  return ingresses.flatMap(({ metadata, spec }) => {
    const secure = new Set(spec.tls?.flatMap(({ hosts }) => hosts ?? []));
    const hosts = new Set(spec.rules?.flatMap(({ host }) => host ?? []));
    return [...hosts].map((host) => ({
      url: `${secure.has(host) ? 'https' : 'http'}://${host}/`,
      namespace: metadata.namespace ?? 'default',
      ingress: metadata.name,
    }));
  });
}
