import { formatDuration } from '../../clock.js';
import type { Observations, Silence } from '../record.js';
import { witnessNames } from '../words.js';

/** Shorter ones explain nothing. */
const explainingMs = 2_000;

/** That somebody did not answer for long after a moment: `Prometheus did not answer for 42.0s: …`. */
export function silenceOf(who: Silence['who'], since: number, { silences }: Observations): string | undefined {
  const lasting = silences
    .filter((silence) => silence.who === who && silence.to > since)
    .map(({ from, to, error }) => ({ ms: to - Math.max(from, since), error }))
    .filter(({ ms }) => ms >= explainingMs)
    .sort((one, other) => other.ms - one.ms)[0];
  return lasting && `${witnessNames[who]} did not answer for ${formatDuration(lasting.ms)}: ${lasting.error}`;
}
