import { z } from 'zod';
import { addressed, answerWithinSeconds, milliseconds, unreadable, type LoadGenerator } from './generator.js';

const counts = z.record(z.string(), z.number());
/** `null` where nothing was answered. */
const seconds = z.number().nullable();

const resultSchema = z.object({
  summary: z.object({ total: z.number(), requestsPerSec: z.number().nullable() }),
  latencyPercentiles: z.object({ p50: seconds, p90: seconds, p95: seconds, p99: seconds }),
  statusCodeDistribution: counts,
  errorDistribution: counts,
});

/** What was under way when it was ended: no failure, and not counted as sent. */
const unfinished = 'aborted due to deadline';

export const oha: LoadGenerator = {
  arguments(request) {
    const { name, port } = addressed(request);
    const { connectTo, caFile } = request;
    return [
      ...['--no-tui', '--no-color', '--output-format', 'json'],
      ...['-z', `${String(request.seconds)}s`, '-w'],
      ...['-c', String(request.workers)],
      ...['-t', `${String(answerWithinSeconds)}s`],
      ...['-r', '0'],
      ...(caFile === undefined ? [] : ['--cacert', caFile]),
      ...(connectTo
        ? ['--connect-to', `${name}:${String(port)}:${bracketed(connectTo.host)}:${String(connectTo.port)}`]
        : []),
      request.url,
    ];
  },

  parse(output) {
    const { summary, latencyPercentiles, statusCodeDistribution: statuses, errorDistribution } = read(output);
    const { [unfinished]: aborted = 0, ...errors } = errorDistribution;
    // It says a rate only, exactly.
    const sent = Math.round(summary.total * (summary.requestsPerSec ?? 0));
    const { p50, p90, p95, p99 } = latencyPercentiles;
    return {
      requests: sent - aborted,
      statuses,
      errors,
      ...(p50 !== null &&
        p90 !== null &&
        p95 !== null &&
        p99 !== null && {
          latency: { p50: milliseconds(p50), p90: milliseconds(p90), p95: milliseconds(p95), p99: milliseconds(p99) },
        }),
    };
  },
};

function read(output: string): z.infer<typeof resultSchema> {
  if (!output.trim()) throw unreadable('oha', output, 'it said nothing');
  try {
    return resultSchema.parse(JSON.parse(output));
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable('oha', output, 'it is no whole JSON document');
    if (error instanceof z.ZodError) throw unreadable('oha', output, z.prettifyError(error));
    throw error;
  }
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
