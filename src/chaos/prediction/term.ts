import { writeDuration } from '../../duration.js';

/** A part of a sum, in milliseconds, with the name of the setting that it comes from. */
export interface Term {
  readonly what: string;
  readonly ms: number;
}

/** What a link may take, and the arithmetic in words; what is 0 is left out. */
export function sumOf(terms: readonly Term[]): { readonly atMostMs: number; readonly because: string } {
  const counted = terms.filter(({ ms }) => ms > 0);
  const words = counted.map(({ what, ms }) => `${what} ${writeDuration(ms)}`);
  return { atMostMs: counted.reduce((sum, { ms }) => sum + ms, 0), because: words.join(' + ') || 'at once' };
}

/** The longer of some; `undefined` for none. */
export function longestOf(terms: readonly Term[]): Term | undefined {
  return terms.reduce<Term | undefined>(
    (longest, term) => (longest && longest.ms >= term.ms ? longest : term),
    undefined,
  );
}
