import type { LocalSettings } from '../environment/environment.js';
import { formatDuration } from '../clock.js';
import { PlatformError } from '../errors.js';
import type { Answer, Network } from '../network.js';
import { createGrants } from '../registry/grants.js';
import type { Examination, Finding } from './check.js';

/** Docker Hub's own page for the question; a HEAD request for it does not count: https://docs.docker.com/docker-hub/usage/pulls */
const path = '/v2/ratelimitpreview/test/manifests/latest';

/** A first `up` with the default releases downloads about as many images, and each node for itself. */
const needed = 25;

export interface DockerHubOptions {
  readonly network: Pick<Network, 'ask' | 'reachable'>;
  readonly local: Pick<LocalSettings, 'mirrors'> | undefined;
  /** Where Docker Hub answers. */
  readonly url?: string;
}

/** How many images this machine may still download from Docker Hub. */
export function dockerHub({ network, local, url = 'https://registry-1.docker.io' }: DockerHubOptions): Examination {
  return {
    name: 'docker hub',
    async examine(signal) {
      const mirror = local?.mirrors['docker.io'];
      if (mirror !== undefined) return { status: 'ok', detail: `not asked: its images come from ${mirror}` };
      try {
        const host = await network.reachable(url, signal);
        if (!host.reachable) return silent(host.reason);
        const asked = { method: 'HEAD', signal } as const;
        const first = await network.ask(`${url}${path}`, asked);
        if (first.status !== 401) return judge(first);
        // Nodes download as nobody, whoever this person is logged in as.
        const grantFor = createGrants(network, () => undefined);
        const authorization = await grantFor(first, 'docker.io', signal);
        if (authorization === undefined) return silent('it gives nobody a token');
        return judge(await network.ask(`${url}${path}`, { ...asked, headers: { authorization } }));
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        return silent(error.message);
      }
    },
  };
}

function silent(reason: string): Finding {
  return { status: 'ok', detail: `its limit cannot be told: ${reason}` };
}

function judge({ status, headers }: Answer): Finding {
  const left = limitIn(headers['ratelimit-remaining']);
  const all = limitIn(headers['ratelimit-limit']);
  if (status !== 429 && left === undefined) {
    return status === 200
      ? { status: 'ok', detail: 'no limit on downloads for this machine' }
      : silent(`it answered ${String(status)}`);
  }
  const count = left?.count ?? 0;
  const of = all === undefined ? '' : ` of ${String(all.count)}`;
  const within = left?.windowMs === undefined ? '' : ` within ${formatDuration(left.windowMs)}`;
  const detail = `${String(count)}${of} downloads left${within} for this machine's address`;
  if (status !== 429 && count >= needed) return { status: 'ok', detail };
  return {
    status: 'warning',
    detail: `${detail}; a first \`up\` needs about ${String(needed)}`,
    fix: [
      'set local.registry.caches: [docker.io], which keeps what was downloaded once',
      'or name a mirror in local.mirrors, or wait: the downloads of the last six hours count',
    ],
  };
}

/** `76;w=21600`: how many, within how many seconds. */
function limitIn(
  header: Answer['headers'][string],
): { readonly count: number; readonly windowMs?: number } | undefined {
  const [, count, seconds] = /^(\d+)(?:;w=(\d+))?/.exec([header ?? ''].flat()[0] ?? '') ?? [];
  if (count === undefined) return undefined;
  return { count: Number(count), ...(seconds !== undefined && { windowMs: Number(seconds) * 1000 }) };
}
