import { createHash } from 'node:crypto';
import { z } from 'zod';
import { formatDuration } from './clock.js';
import { PlatformError } from './errors.js';
import { createNotebook } from './notebook.js';
import type { Ports } from './ports.js';
import { unlessAborted } from './unless-aborted.js';

/** Whether a host answers; the reason is a clause for people: `it refused the connection`. */
export type Reachability = { readonly reachable: true } | { readonly reachable: false; readonly reason: string };

const deadHostSchema = z.object({
  reason: z.string(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** Digest of the proxy settings it was tried with; proxies may carry passwords. */
  proxies: z.string(),
});

/** So that a second run does not wait for the same silence, and a repaired network is noticed soon enough. */
const rememberedMs = 15 * 60_000;

/** Remembers which hosts answer: for the length of this process, and failures in a file for other processes. */
export function createReachability(
  { clock, variables }: Pick<Ports, 'clock' | 'variables'>,
  file: string,
  probe: (url: string) => Promise<void>,
) {
  const deadHosts = createNotebook(file, deadHostSchema);
  const known = new Map<string, Promise<Reachability>>();
  const proxies = digestOfProxies(variables);

  async function find(origin: string, url: string): Promise<Reachability> {
    const dead = await deadHosts.get(origin);
    const age = dead ? clock.now() - dead.at : Number.POSITIVE_INFINITY;
    if (dead && age < rememberedMs && dead.proxies === proxies) {
      return { reachable: false, reason: `${dead.reason} (${formatDuration(age)} ago, noted in ${file})` };
    }
    try {
      await probe(url);
      return { reachable: true };
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      const reason = typeof error.facts?.['reason'] === 'string' ? error.facts['reason'] : error.message;
      await deadHosts.set(origin, { reason, at: clock.now(), proxies });
      return { reachable: false, reason };
    }
  }

  return {
    /** One probe at a time per host, shared by all who ask; aborting ends the wait only. */
    async of(url: string, signal?: AbortSignal): Promise<Reachability> {
      signal?.throwIfAborted();
      const { origin } = new URL(url);
      const answer = known.get(origin) ?? find(origin, url);
      known.set(origin, answer);
      return signal ? await unlessAborted(answer, signal) : await answer;
    },
  };
}

function digestOfProxies(variables: Ports['variables']): string {
  const names = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];
  return createHash('sha256')
    .update(JSON.stringify(names.map((name) => variables[name] ?? '')))
    .digest('hex')
    .slice(0, 12);
}
