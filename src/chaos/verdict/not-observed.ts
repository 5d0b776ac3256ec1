import { linkTitle } from '../words.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** What this provider does not let anybody see, one sentence each. */
export function notObserved({ links, scaling, load }: UnjudgedRecord): string[] {
  return [
    ...links
      .filter(({ status }) => status === 'unobserved')
      .map((link) => linkTitle(link) + because(link.cause ?? link.detail)),
    // Where it has problems, they are why the drill proves nothing.
    ...(scaling?.status === 'unobserved' && scaling.problems.length === 0 ? ['the autoscaler'] : []),
    ...(load?.isSimulated === true ? ['answers and how long they take: the load was simulated'] : []),
  ];
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${reason}`;
}
