import { formatDuration } from '../../../clock.js';
import { listed } from '../../words.js';
import { answerOf } from '../asked.js';
import type { Check } from '../check.js';

/** Of clocks that are set by NTP the difference is far below; milliseconds. */
const notableMs = 2_000;

/** Whether this machine's clock is that of the cluster: moments are corrected, and times by different clocks hard to read. */
export const checkClocks: Check = (_, { apiServerClock, monitoring }) => {
  const others = [
    { who: 'the API server', offset: apiServerClock },
    { who: 'Prometheus', offset: answerOf(monitoring?.prometheus)?.clock },
  ];
  const apart = others.flatMap(({ who, offset }) => {
    if (!offset || Math.abs(offset.ms) <= notableMs) return [];
    return [`that of ${who} is ${formatDuration(Math.abs(offset.ms))} ${offset.ms > 0 ? 'ahead' : 'behind'}`];
  });
  if (apart.length === 0) return [];
  const message = `clocks differ from this machine's: ${listed(apart)}; what they say of moments is corrected by that`;
  return [{ check: 'clocks', level: 'note', message, fix: ['let NTP set the clocks'] }];
};
