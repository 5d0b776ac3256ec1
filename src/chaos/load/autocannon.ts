import { z } from 'zod';
import { addressed, answerWithinSeconds, sum, unreadable, type LoadGenerator } from './generator.js';

const count = z.int().nonnegative();

const resultSchema = z.object({
  errors: count,
  timeouts: count,
  statusCodeStats: z.record(z.string(), z.object({ count })),
  latency: z.object({ p50: z.number(), p90: z.number(), p97_5: z.number(), p99: z.number() }),
  requests: z.object({ sent: count }),
});

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
    const { errors: failed, timeouts, statusCodeStats, latency, requests } = read(output);
    const statuses = Object.fromEntries(
      Object.entries(statusCodeStats).map(([status, stats]) => [status, stats.count]),
    );
    // Its errors contain its timeouts.
    const errors = {
      ...(timeouts > 0 && { timeout: timeouts }),
      ...(failed > timeouts && { 'connection failed': failed - timeouts }),
    };
    const accounted = sum(statuses) + failed;
    // One for each connection may be under way at the end. It forgets what a server closes without an answer.
    const isAccounted = requests.sent - accounted <= workers;
    return {
      requests: isAccounted ? accounted : requests.sent,
      statuses,
      errors,
      // It has no 95th percentile; the next one it has is at least as slow.
      ...(sum(statuses) > 0 && {
        latency: { p50: latency.p50, p90: latency.p90, p95: latency.p97_5, p99: latency.p99 },
      }),
    };
  },
};

function read(output: string): z.infer<typeof resultSchema> {
  if (!output.trim()) throw unreadable('autocannon', output, 'it said nothing');
  try {
    return resultSchema.parse(JSON.parse(output));
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable('autocannon', output, 'it is no whole JSON document');
    if (error instanceof z.ZodError) throw unreadable('autocannon', output, z.prettifyError(error));
    throw error;
  }
}
