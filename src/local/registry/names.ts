/** What the registry's things are called on this machine; all environments of a user share them. */
export interface RegistryNames {
  /** Of the container and of its volume. */
  readonly registry: string;
  /** Before the host of the registry that is cached. */
  readonly cachePrefix: string;
  /** On containers and volumes: `local` for the registry, `cache` for a cache of another. */
  readonly label: string;
}

export const registryNames: RegistryNames = {
  registry: 'platform-registry',
  cachePrefix: 'platform-cache-',
  label: 'platform.dev/registry',
};

/** The registry's name on the networks of nodes, the one that kind's documentation taught everybody. */
export const registryAlias = 'kind-registry';

/** Where registry:3 listens in its container. */
export const containerPort = 5000;
