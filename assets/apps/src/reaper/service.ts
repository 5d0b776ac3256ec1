import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../kit/problem.js';
import { defineService } from '../kit/service.js';
import { SettingsError, text, wholeNumber } from '../kit/settings.js';
import { connectApiServer } from './api-server.js';
import { openReaper } from './reaper.js';
import { reaperMetrics } from './reaper-metrics.js';
import { renewEveryMs, showLife } from './sign-of-life.js';

/** How long the API server may be silent before this is worth an alarm, in milliseconds. */
const silentAtMostMs = 30_000;
/** A look that waits for a slow answer counts whole, a process that was stopped does not. */
const looksCounted = 3;

/** Takes back what drills have changed when their owner is not heard of any more. */
export const reaper = defineService({
  name: 'reaper',
  settings: {
    KUBECONFIG: text().optional(),
    KUBERNETES_SERVICE_HOST: text().optional(),
    LOOK_EVERY_MS: wholeNumber({ min: 100, max: 60_000, standard: 2_000 }),
  },
  open({ KUBECONFIG, KUBERNETES_SERVICE_HOST, LOOK_EVERY_MS }, { log, registry }) {
    if (KUBECONFIG === undefined && KUBERNETES_SERVICE_HOST === undefined) {
      throw new SettingsError('KUBECONFIG is not set, and this is no pod of a cluster');
    }
    const stop = new AbortController();
    const api = connectApiServer(KUBECONFIG, stop.signal);
    const metrics = reaperMetrics(registry);
    const by = `reaper@${hostname()}/${String(process.pid)}`;
    const monotonicNow = () => performance.now();
    const now = () => new Date();
    const watch = openReaper({
      api,
      log,
      metrics,
      by,
      monotonicNow,
      now,
      countAtMostMs: looksCounted * LOOK_EVERY_MS,
    });
    let answeredAt: number | undefined;
    const running = [
      repeat('looking at drills', LOOK_EVERY_MS, async () => {
        await watch.look();
        answeredAt = monotonicNow();
        metrics.contact(now());
      }),
      repeat('renewing the Lease', renewEveryMs, () => showLife(api, by, now())),
    ];

    function say(sentence: string, isFailure: boolean): void {
      // What was under way at the end fails by being ended.
      if (!stop.signal.aborted) log[isFailure ? 'error' : 'info'](sentence);
    }

    async function repeat(what: string, everyMs: number, work: () => Promise<void>): Promise<void> {
      let lastWords = '';
      while (!stop.signal.aborted) {
        const words = await work().then(
          () => '',
          (error: unknown) => (error instanceof Error ? error.message : String(error)),
        );
        if (words !== lastWords) say(words === '' ? `${what} works again` : `${what} failed: ${words}`, words !== '');
        lastWords = words;
        await pause(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    }

    return {
      routes: () => undefined,
      ready() {
        if (answeredAt !== undefined && monotonicNow() - answeredAt < silentAtMostMs) return Promise.resolve();
        return Promise.reject(new Problem(503, 'The API server does not answer'));
      },
      async close() {
        stop.abort();
        await Promise.all(running);
      },
    };
  },
});
