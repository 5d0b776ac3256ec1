/**
 * How a run is told to stop. The first request drains: no new step starts, our own waits end, running tools get a
 * grace period to finish. The second one (or the end of the grace period) quits: running tools are interrupted.
 */
export interface Interruption {
  readonly draining: AbortSignal;
  readonly quitting: AbortSignal;
  /** Called for each SIGINT, SIGTERM or SIGHUP. */
  request(): void;
}

/** A new interruption; `graceMs` is how long running tools may go on after the first request. */
export function createInterruption(graceMs = 30_000): Interruption {
  const draining = new AbortController();
  const quitting = new AbortController();
  const quit = () => {
    quitting.abort(interrupted());
  };
  return {
    draining: draining.signal,
    quitting: quitting.signal,
    request() {
      if (draining.signal.aborted) {
        quit();
        return;
      }
      draining.abort(interrupted());
      setTimeout(quit, graceMs).unref();
    },
  };
}

function interrupted(): DOMException {
  return new DOMException('interrupted', 'AbortError');
}
