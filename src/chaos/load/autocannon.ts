import { z } from 'zod';
import { addressed, answerWithinSeconds, sum, unreadable, type LoadGenerator } from './generator.js';

const count = z.int().nonnegative();

const resultSchema = z.object({
  errors: count,
  timeouts: count,
  statusCodeStats: z.record(z.string(), z.object({ count })),
  latency: z.object({ p50: z.number(), p90: z.number(), p97_5: z.number(), p99: z.number() }),
  requests: z.object({ sent: count }),
  /** Seconds. */
  duration: z.number(),
});
type Result = z.infer<typeof resultSchema>;

export const autocannon: LoadGenerator = {
  arguments(request) {
    const { target, host, name, isSecure } = addressed(request);
    return [
      ...['--json', '--no-progress'],
      ...['--duration', String(request.seconds)],
      ...['--connections', String(request.workers)],
      ...['--timeout', String(answerWithinSeconds)],
      ...['--headers', `Host=${host}`],
      ...(isSecure ? ['--servername', name] : []),
      target,
    ];
  },

  parse(output, { workers }) {
    const result = read(output);
    const { errors: failed, timeouts, statusCodeStats, latency, requests } = result;
    const statuses = Object.fromEntries(
      Object.entries(statusCodeStats).map(([status, stats]) => [status, stats.count]),
    );
    // Its errors contain its timeouts.
    const errors = {
      ...(timeouts > 0 && { timeout: timeouts }),
      ...(failed > timeouts && { 'connection failed': failed - timeouts }),
    };
    const accounted = sum(statuses) + failed;
    const rest = requests.sent - accounted;
    // One for each connection may be under way at the end. It forgets what a server closes without an answer.
    const lost = rest <= workers ? Math.max(0, rest - underWay(result, sum(statuses))) : rest;
    return {
      requests: accounted + lost,
      statuses,
      errors,
      // It has no 95th percentile; the next one it has is at least as slow.
      ...(sum(statuses) > 0 && {
        latency: { p50: latency.p50, p90: latency.p90, p95: latency.p97_5, p99: latency.p99 },
      }),
    };
  },
};

/**
 * How many requests may be under way at the end: by Little's law as many as are answered in the time that an answer takes,
 * here that of the slowest and twice, for a service may stall for a moment. The other connections hang, of which autocannon
 * says nothing; in a shorter slice they may still be answered in time.
 */
function underWay({ duration, errors, timeouts, latency }: Result, answered: number): number {
  if (Math.round(duration) < answerWithinSeconds) return Infinity;
  // It rounds milliseconds down.
  const busySeconds = (answered * (latency.p99 + 1) + errors) / 1000 + timeouts * answerWithinSeconds;
  return Math.ceil((2 * busySeconds) / duration);
}

function read(output: string): Result {
  if (!output.trim()) throw unreadable('autocannon', output, 'it said nothing');
  try {
    return resultSchema.parse(JSON.parse(output));
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable('autocannon', output, 'it is no whole JSON document');
    if (error instanceof z.ZodError) throw unreadable('autocannon', output, z.prettifyError(error));
    throw error;
  }
}
