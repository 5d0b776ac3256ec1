import { PlatformError } from '../../errors.js';
import { selectorsOf, type ReadSelector } from './expression.js';
import type { RecordingRule } from './rule.js';

/** What an expression comes from in the end. */
export interface Sources {
  /** Selectors of measured series, with all that is looked back through recordings. */
  readonly selectors: readonly ReadSelector[];
  /** Recordings that it reads, each after those that it reads itself. */
  readonly recordings: readonly RecordingRule[];
}

/**
 * Follows an expression through the recordings that it reads: what those have recorded so far does not follow a fault.
 * @throws PlatformError `inconclusive` for an expression that cannot be read
 */
export function sourcesOf(expression: string, loaded: readonly RecordingRule[]): Sources {
  const selectors: ReadSelector[] = [];
  const recordings = new Set<RecordingRule>();
  follow(expression, 0, []);
  return { selectors, recordings: [...recordings] };

  function follow(text: string, aroundMs: number, path: readonly string[]): void {
    for (const selector of selectorsOf(text)) {
      const { metric } = selector;
      if (metric === 'ALERTS' || metric === 'ALERTS_FOR_STATE') {
        throw new PlatformError('inconclusive', 'it depends on other alerts, which cannot be tried with it');
      }
      const lookbackMs = aroundMs + selector.lookbackMs;
      const read = loaded.filter(({ name }) => name === metric && !path.includes(name));
      if (metric === undefined || read.length === 0) selectors.push({ ...selector, lookbackMs });
      for (const recording of read) {
        follow(recording.query, lookbackMs, [...path, recording.name]);
        recordings.add(recording);
      }
    }
  }
}
