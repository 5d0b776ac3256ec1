import { PlatformError } from '../../errors.js';
import { describeChart, type RemoteChart } from './chart-reference.js';

/** Which bytes a chart has to be, and what says so. */
export interface Expected {
  readonly by: 'lock' | 'catalogue' | 'first download';
  readonly digest: string;
}

/** The error for an archive that is not the one it has to be. */
export function otherArchive(release: string, chart: RemoteChart, expected: Expected, found: string): PlatformError {
  const known = expected.digest;
  const what = { lock: 'the locked one', catalogue: 'the one this version knows', 'first download': 'the one it was' };
  return new PlatformError(
    expected.by === 'lock' ? 'conflict' : 'tool',
    `the archive of ${describeChart(chart)} is not ${what[expected.by]}`,
    {
      output: `known ${known}\nfound ${found}`,
      suggestions: [
        'find out why its publisher changed it',
        expected.by === 'catalogue'
          ? 'to use another archive, give its chart and version under releases in platform.yaml'
          : `to accept it: platform lock --update ${release}`,
      ],
      facts: { known, found, reference: describeChart(chart) },
    },
  );
}

/** The error for a chart folder that is not what was locked. */
export function changedFolder(release: string, path: string, known: string, found: string): PlatformError {
  return new PlatformError('conflict', `the chart folder ${path} of ${release} is not the locked one`, {
    output: `known ${known}\nfound ${found}`,
    suggestions: ['platform lock'],
    facts: { known, found, release },
  });
}
