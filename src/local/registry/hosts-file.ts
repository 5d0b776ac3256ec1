import { PlatformError } from '../../errors.js';
import { mirrorPath } from '../../registry/address.js';
import { urlOnNetwork } from './service.js';
import { registryAlias } from './names.js';
import type { ServedRegistry } from './served.js';
import { upstreamOf } from './upstream.js';

/** The first line of every file that is ours to change. */
export const ownLine = '# Made by platform; changes are lost at the next up.';

export interface Routes {
  readonly registry: ServedRegistry;
  /** Names of cache containers by the host of the registry they cache. */
  readonly caches: ReadonlyMap<string, string>;
  /** By host: a URL, or `local` for the local registry. */
  readonly mirrors: Readonly<Record<string, string>>;
  /** PEM file in the nodes with authorities that https hosts may have their certificates from. */
  readonly authorityFile?: string;
}

/**
 * What containerd is told about where images come from: the text of `certs.d/<host>/hosts.toml` by host.
 * @throws PlatformError `usage` for a mirror of the local registry itself, or one that is no URL
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsFiles({ registry, caches, mirrors, authorityFile }: Routes): ReadonlyMap<string, string> {
  const local = urlOnNetwork(registryAlias);
  const own = [registry.host, registry.inCluster];
  const files = new Map(own.map((host) => [host, textOf(local, [{ url: local }], authorityFile)]));
  for (const host of [...new Set([...Object.keys(mirrors), ...caches.keys()])].sort()) {
    if (own.includes(host)) {
      throw new PlatformError('usage', `${host} is the local registry itself, which has no mirror and no cache`, {
        suggestions: ['take it out of `local.mirrors` and `local.registry.caches` in the environment file'],
      });
    }
    const mirror = mirrors[host];
    const cache = caches.get(host);
    const routes = [
      ...(mirror === undefined ? [] : [mirror === 'local' ? localRoute(local, host) : mirrorRoute(host, mirror)]),
      ...(cache === undefined ? [] : [{ url: urlOnNetwork(cache) }]),
    ];
    files.set(host, textOf(upstreamOf(host), routes, authorityFile));
  }
  return files;
}

interface Route {
  readonly url: string;
  /** The URL holds the API's version itself. */
  readonly isWhole?: boolean;
}

// Below the host's own name, or two registries that have an image of one name would get in each other's way.
function localRoute(local: string, host: string): Route {
  return { url: `${local}/v2/${mirrorPath(host)}`, isWhole: true };
}

// A mirror's path is a repository of that registry, which the API has behind its version: /v2/proxy.
function mirrorRoute(host: string, mirror: string): Route {
  if (!URL.canParse(mirror)) {
    throw new PlatformError('usage', `local.mirrors.${host} is ${mirror}, which is neither a URL nor local`);
  }
  const { origin, pathname } = new URL(mirror);
  const path = pathname.replace(/\/+$/, '');
  if (path === '' || path === '/v2') return { url: origin };
  return { url: `${origin}${/\/v2(\/|$)/.test(path) ? '' : '/v2'}${path}`, isWhole: true };
}

function textOf(server: string, routes: readonly Route[], authorityFile: string | undefined): string {
  const trust = (url: string) =>
    authorityFile !== undefined && url.startsWith('https:') ? [`ca = ${JSON.stringify(authorityFile)}`] : [];
  const tables = routes.map(({ url, isWhole }) =>
    [
      `[host.${JSON.stringify(url)}]`,
      '  capabilities = ["pull", "resolve"]',
      ...trust(url).map((line) => `  ${line}`),
      ...(isWhole ? ['  override_path = true'] : []),
    ].join('\n'),
  );
  const head = [ownLine, `server = ${JSON.stringify(server)}`, ...trust(server)].join('\n');
  return `${[head, ...tables].join('\n\n')}\n`;
}
