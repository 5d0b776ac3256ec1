import { PlatformError } from '../../errors.js';
import { chartFaults } from './helm-chart-faults.js';
import { conflicts } from './helm-conflicts.js';
import type { HelmRelease } from './helm-explanation.js';
import { refusals } from './helm-refusals.js';

/** The first whose words fit counts. */
const explanations = [...conflicts, ...refusals, ...chartFaults];
/** Helm says twice why an upgrade failed. */
const repetition = /^level=WARN msg="upgrade failed".*\n?/gm;

/**
 * What a failure of `helm upgrade --install` is about, with what to do next and Helm's own words; one that is not
 * recognised, or is not Helm's, comes back as it is.
 */
export function explainHelmFailure(error: PlatformError, release: HelmRelease): PlatformError {
  const output = error.output?.replace(repetition, '');
  if (error.code !== 'tool' || output === undefined || error.facts?.['exitCode'] === undefined) return error;
  for (const { words, explain } of explanations) {
    const match = words.exec(output);
    if (!match) continue;
    const { code = 'tool', message, suggestions, facts } = explain(match, release, output);
    return new PlatformError(code, message, {
      suggestions,
      output,
      ...(error.command !== undefined && { command: error.command }),
      facts: { ...error.facts, release: release.name, ...facts },
    });
  }
  return error;
}
