import { linkTitle } from '../words.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** What this provider does not let anybody see, one sentence each. */
export function notObserved({ links, scaling, load }: UnjudgedRecord): string[] {
  return [
    ...links
      .filter(({ status }) => status === 'unobserved')
      .map((link) => linkTitle(link) + because(link.cause ?? link.detail)),
    ...(scaling?.status === 'unobserved' ? [`the autoscaler${because(scaling.problems[0])}`] : []),
    ...(load?.isSimulated === true ? ['answers and how long they take: the load was simulated'] : []),
  ];
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
