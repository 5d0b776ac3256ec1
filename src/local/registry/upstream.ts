/** Where a registry really answers, for nodes and caches: Docker Hub under another name. */
export function upstreamOf(host: string): string {
  return `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`;
}
