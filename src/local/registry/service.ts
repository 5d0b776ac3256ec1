import type { PortSetting } from '../../environment/environment.js';
import { containerPort, registryAlias, registryNames, type RegistryNames } from './names.js';
import { upstreamOf } from './upstream.js';

/** A registry in a container of this machine: ours, or a pull-through cache of another. */
export interface RegistryService {
  /** Of the container, of its volume, and on the networks it is on. */
  readonly name: string;
  readonly title: string;
  /** Further names on the networks of nodes. */
  readonly aliases: readonly string[];
  /** Tells our container from a foreign one of the same name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** On 127.0.0.1. */
  readonly port: PortSetting;
  /** What happens while it does not answer; absent where nothing works without it. */
  readonly withoutIt?: string;
}

/** A pull-through cache, and the host of the registry that it is one of. */
export interface RegistryCache extends RegistryService {
  readonly host: string;
}

/** Behind the registry's own, so that a second registry port is still next to the first. */
const firstCachePort = 5101;

export function localRegistry(port: PortSetting, names: RegistryNames = registryNames): RegistryService {
  return {
    name: names.registry,
    title: 'local registry',
    aliases: [registryAlias],
    labels: { [names.label]: 'local' },
    env: {
      REGISTRY_STORAGE_DELETE_ENABLED: 'true',
      // An index may name platforms that nobody here needs and that were left where it came from.
      REGISTRY_VALIDATION_MANIFESTS_INDEXES_PLATFORMS: 'none',
    },
    port,
  };
}

/** The caches of registries by their hosts; `variables` are the user's, for the proxy on the way to them. */
export function registryCaches(
  hosts: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  names: RegistryNames = registryNames,
): RegistryCache[] {
  return [...new Set(hosts)].map((host) => ({
    host,
    name: `${names.cachePrefix}${host.replaceAll(/[^a-z0-9]+/g, '-')}`,
    title: `cache of ${host}`,
    aliases: [],
    labels: { [names.label]: 'cache', [`${names.label}-host`]: host },
    env: { REGISTRY_PROXY_REMOTEURL: upstreamOf(host), ...proxyVariables(variables) },
    port: { number: firstCachePort, isFixed: false },
    withoutIt: `nodes pull from ${host} itself meanwhile`,
  }));
}

/** The URL of a registry service for who is on a network with it. */
export function urlOnNetwork(name: string): string {
  return `http://${name}:${String(containerPort)}`;
}

function proxyVariables(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => {
      const value = variables[name] || variables[name.toLowerCase()];
      return value ? [[name, value]] : [];
    }),
  );
}
