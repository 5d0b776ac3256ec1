import type { ClusterProvider, ServedPorts } from '../clusters/cluster.js';
import type { ClusterView } from '../kubernetes/cluster-view.js';
import { hostUrls, readHostPorts } from '../monitoring/host/ports.js';
import { monitoringRelease } from '../monitoring/monitoring.js';

/** An address that an Ingress of the environment offers, or a program on this machine in its place. */
export interface ServedUrl {
  readonly url: string;
  readonly namespace: string;
  readonly ingress: string;
  /** The Helm release that the Ingress belongs to. */
  readonly release?: string;
  /** It answers, even where everything in the cluster is simulated. */
  readonly isReal?: true;
}

const usualPorts: ServedPorts = { http: 80, https: 443 };

/**
 * Every host of every Ingress, with https where it has a certificate for it.
 * @param ports those of this machine that lead to the ingress controller; 80 and 443 without them
 */
export async function urlsOf(view: ClusterView, ports: ServedPorts = usualPorts): Promise<ServedUrl[]> {
  const ingresses = await view.ingresses();
  return ingresses.flatMap(({ metadata, spec }) => {
    const secure = new Set(spec.tls?.flatMap(({ hosts }) => hosts ?? []));
    const hosts = new Set(spec.rules?.flatMap(({ host }) => host ?? []));
    const release = metadata.annotations?.['meta.helm.sh/release-name'];
    return [...hosts].map((host) => ({
      url: addressOf(host, secure.has(host) ? 'https' : 'http', ports),
      namespace: metadata.namespace ?? 'default',
      ingress: metadata.name,
      ...(release !== undefined && { release }),
    }));
  });
}

/**
 * {@link urlsOf} with the ports that the cluster was made with, none while it does not run. Where programs of this
 * machine stand for those of the cluster, their addresses take the place of those that nothing answers at.
 */
export async function servedUrls({
  provider,
  view,
}: {
  readonly provider: Pick<ClusterProvider, 'inspect' | 'host'>;
  readonly view: ClusterView;
}): Promise<ServedUrl[]> {
  const cluster = await provider.inspect();
  if (cluster.status !== 'running') return [];
  const [urls, real] = await Promise.all([urlsOf(view, cluster.made.ports), hostServed(provider.host)]);
  const names = new Set(real.map(({ ingress }) => ingress));
  return [...urls.filter(({ url }) => !names.has(firstWord(url))), ...real];
}

async function hostServed(host: ClusterProvider['host']): Promise<ServedUrl[]> {
  const ports = host && (await readHostPorts(host));
  if (!ports) return [];
  const releases = { prometheus: monitoringRelease, alertmanager: monitoringRelease, inbox: 'inbox' };
  const urls = hostUrls(ports);
  return (['prometheus', 'alertmanager', 'inbox'] as const).map((name) => ({
    url: urls[name],
    namespace: 'monitoring',
    ingress: name,
    release: releases[name],
    isReal: true,
  }));
}

/**
 * The addresses of an app, the likeliest first: by its Ingress (`namespace/name` as well), its release, its host, or the
 * first word of its host.
 */
export function urlsFor(app: string, urls: readonly ServedUrl[]): ServedUrl[] {
  const ways: readonly ((served: ServedUrl) => boolean)[] = [
    ({ url }) => new URL(url).hostname === app,
    ({ url }) => firstWord(url) === app,
    ({ ingress, namespace }) => ingress === app || `${namespace}/${ingress}` === app,
    ({ release, namespace }) => release === app || (release !== undefined && `${namespace}/${release}` === app),
  ];
  return [...new Set(ways.flatMap((matches) => urls.filter(matches)))];
}

function firstWord(url: string): string {
  return new URL(url).hostname.split('.')[0] ?? '';
}

function addressOf(host: string, scheme: keyof ServedPorts, ports: ServedPorts): string {
  const port = ports[scheme];
  return `${scheme}://${host}${port === usualPorts[scheme] ? '' : `:${String(port)}`}/`;
}
