import { errorRatio, latency } from '../promql.js';
import { range } from '../query.js';
import { stat } from './stat.js';

/** The share of failed requests, of what the label matchers `here` select. */
export const failedRequests = (here: string) =>
  stat('Failed requests', {
    description:
      'The share of requests answered with a status of 500 or above. More than 1% is worth a look, more than 5% is bad.',
    queries: [range(errorRatio(here, ''), 'failed')],
    unit: 'percentunit',
    decimals: 2,
    width: 4,
    levels: { warning: 0.01, bad: 0.05 },
    noData: 'No requests',
  });

/** How long answers take, of what the label matchers `here` select. */
export const answerTime = (here: string) =>
  stat('Answer time (p95)', {
    description: 'Of twenty requests, nineteen are answered within this time. More than 0.5 s is bad.',
    queries: [range(latency(0.95, here, ''), 'p95')],
    unit: 's',
    width: 4,
    levels: { warning: 0.25, bad: 0.5 },
    noData: 'No requests',
  });
