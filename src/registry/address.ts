const thisMachine = /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** Whether a host, with or without a port, is this machine itself. */
export function isOnThisMachine(host: string): boolean {
  return thisMachine.test(host);
}

/** Where a registry answers: Docker Hub under another name, one on this machine without TLS. */
export function registryUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${isOnThisMachine(registry) ? 'http' : 'https'}://${registry}`;
}

/** Whether a password may be sent there: encrypted, or not over any line at all. */
export function isPrivate(url: string): boolean {
  const { protocol, host } = new URL(url);
  return protocol === 'https:' || isOnThisMachine(host);
}

/**
 * Path in the local registry under which it stands in for another: `docker.io/library/redis` for a redis. Each registry
 * has a folder of its own, or images of the same name would meet. Nodes are told to ask for it by
 * `[host."http://kind-registry:5000/v2/docker.io"]` with `override_path`.
 */
export function mirrorPath(registry: string): string {
  // A port is written with a colon, which no path may have.
  return registry.replace(':', '_');
}
