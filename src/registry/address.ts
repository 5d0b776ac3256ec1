const thisMachine = /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** Where a registry answers: Docker Hub under another name, one on this machine without TLS. */
export function registryUrl(registry: string): string {
  if (registry === 'docker.io') return 'https://registry-1.docker.io';
  return `${thisMachine.test(registry) ? 'http' : 'https'}://${registry}`;
}

/** Whether a password may be sent there: encrypted, or not over any line at all. */
export function isPrivate(url: string): boolean {
  const { protocol, host } = new URL(url);
  return protocol === 'https:' || thisMachine.test(host);
}
