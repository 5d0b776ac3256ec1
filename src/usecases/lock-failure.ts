import { PlatformError, type Failure } from '../errors.js';
import type { TimedResult } from '../plan/runner.js';
import { releaseOfStep } from './lock-steps.js';

/** The error for a lock that could not be made whole: every release that is in the way, with its reason. */
export function lockFailure(lock: string, results: readonly TimedResult[]): PlatformError | undefined {
  const failures = results.flatMap(({ id, failure }) => (failure ? [{ release: releaseOfStep(id), failure }] : []));
  const [first] = failures;
  if (!first) {
    const isCut = results.some(({ outcome }) => outcome === 'interrupted');
    return isCut ? new PlatformError('interrupted', `interrupted; ${lock} is as it was`) : undefined;
  }
  const { code } = first.failure;
  const releases = failures.flatMap(({ release, failure }) =>
    release === undefined ? [] : [{ release, code: failure.code, message: failure.message }],
  );
  const [one] = releases;
  const what = releases.length > 1 ? `${String(releases.length)} releases` : (one?.release ?? 'its releases');
  return new PlatformError(code, `${lock} was not written: ${what} could not be resolved`, {
    output: failures
      .map(({ release, failure }) => `${release === undefined ? '' : `${release}: `}${inWords(failure)}`)
      .join('\n'),
    suggestions: [...new Set(failures.flatMap(({ failure }) => failure.suggestions ?? []))],
    facts: { releases },
  });
}

// The tool's own words stand below, indented.
function inWords({ message, causes = [], output }: Failure): string {
  const details = [...causes, ...(output ?? '').split('\n')].filter((line) => line !== '');
  return [message, ...details].join('\n  ');
}
