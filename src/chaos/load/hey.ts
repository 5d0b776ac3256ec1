import { addressed, answerWithinSeconds, milliseconds, sum, unreadable, type LoadGenerator } from './generator.js';

const figure = '([\\d.]+|NaN|\\+Inf)';

/** hey prints a summary for people; its CSV has no row for a request without an answer. */
export const hey: LoadGenerator = {
  arguments(request) {
    const { target, host, name, isSecure } = addressed(request);
    return [
      ...['-z', `${String(request.seconds)}s`],
      ...['-c', String(request.workers)],
      ...['-t', String(answerWithinSeconds)],
      '-disable-redirects',
      // It sends the same text as the name for TLS, where a port would be wrong.
      ...['-host', isSecure ? name : host],
      target,
    ];
  },

  parse(output) {
    const [, total] = new RegExp(`^  Total:\\t${figure} secs$`, 'm').exec(output) ?? [];
    const [, rate] = new RegExp(`^  Requests/sec:\\t${figure}$`, 'm').exec(output) ?? [];
    const [, results] = output.split(/^Status code distribution:/m);
    if (!output.trim()) throw unreadable('hey', output, 'it said nothing');
    if (total === undefined || rate === undefined || results === undefined) {
      throw unreadable('hey', output, 'it ends before the distribution of status codes');
    }
    const [answered = '', failed = ''] = results.split(/^Error distribution:/m);
    const statuses = Object.fromEntries(
      [...answered.matchAll(/^ {2}\[(\d+)\]\t(\d+) responses$/gm)].map(([, status = '', count]) => [
        status,
        Number(count),
      ]),
    );
    const errors: Record<string, number> = {};
    for (const [, count, words = ''] of failed.matchAll(/^ {2}\[(\d+)\]\t(.*)$/gm)) {
      const reason = reasonIn(words);
      errors[reason] = (errors[reason] ?? 0) + Number(count);
    }
    const latency = latencyIn(output);
    return {
      requests: sent(Number(total), Number(rate), sum(statuses) + sum(errors)),
      statuses,
      errors,
      ...(latency && sum(statuses) > 0 && { latency }),
    };
  },
};

/** It says the rate and the time, each to four digits: less than that may not be missing. */
function sent(seconds: number, rate: number, accounted: number): number {
  const said = seconds * rate;
  if (!Number.isFinite(said)) return accounted;
  const precision = 0.5 + 0.000_05 * (seconds + rate);
  return Math.abs(said - accounted) <= precision ? accounted : Math.round(said);
}

/** Its own port makes each connection another one, and the URL is known. */
function reasonIn(words: string): string {
  return words
    .trim()
    .replace(/^\w+ "[^"]*": /, '')
    .replace(/\S+->/g, '');
}

/** Of few requests it leaves percentiles out: the slowest is at least as slow. Since 0.1.5 it writes `50%%`. */
function latencyIn(output: string) {
  const slowest = /^ {2}Slowest:\t([\d.]+) secs$/m.exec(output)?.[1];
  if (slowest === undefined) return undefined;
  const percentile = (percent: number) => {
    const found = new RegExp(`^  ${String(percent)}%%? in ([\\d.]+) secs$`, 'm').exec(output)?.[1];
    return milliseconds(Number(found ?? slowest));
  };
  return { p50: percentile(50), p90: percentile(90), p95: percentile(95), p99: percentile(99) };
}
