import { Gauge, type Registry } from 'prom-client';
import { backgroundCall } from '../kit/call.js';
import type { Upstream } from '../kit/upstream.js';

export type Health = 'up' | 'down';

/** What the gateway cannot work without. */
export interface Dependencies<Name extends string> {
  /** Asked now, or within the last second. */
  status(): Promise<Record<Name, Health>>;
  close(): void;
}

const askedEveryMs = 5_000;
const freshMs = 1_000;
// Together with what stands before it, well within the two seconds a user waits.
const limitMs = 1_200;

/**
 * Watches whether others are ready, for `/api/status` and for the gauge `dependency_up`.
 * @param options.now milliseconds of any steady clock
 */
export function watchDependencies<Name extends string>(
  upstreams: Readonly<Record<Name, Upstream>>,
  options: { readonly registry: Registry; readonly now: () => number },
): Dependencies<Name> {
  const gauge = new Gauge({
    name: 'dependency_up',
    help: '1 while the service this one needs is ready, else 0',
    labelNames: ['dependency'] as const,
    registers: [options.registry],
  });
  const names = Object.keys(upstreams) as Name[];
  let last: { readonly at: number; readonly answers: Promise<Record<Name, Health>> } | undefined;

  async function askOne(name: Name): Promise<readonly [Name, Health]> {
    const answer = await upstreams[name]
      .send(backgroundCall(), { method: 'GET', path: '/health/ready', timeoutMs: limitMs })
      .catch(() => undefined);
    const health = answer?.status === 200 ? 'up' : 'down';
    gauge.set({ dependency: name }, health === 'up' ? 1 : 0);
    return [name, health];
  }

  function status(): Promise<Record<Name, Health>> {
    if (last !== undefined && options.now() - last.at < freshMs) return last.answers;
    const answers = Promise.all(names.map(askOne)).then((pairs) => Object.fromEntries(pairs) as Record<Name, Health>);
    last = { at: options.now(), answers };
    return answers;
  }

  const asking = setInterval(() => void status(), askedEveryMs);
  void status();
  return {
    status,
    close() {
      clearInterval(asking);
    },
  };
}
