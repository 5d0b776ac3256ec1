import type { DrillRecord, Finding, Outcome } from '../chaos/record.js';
import { exitCodeOf } from '../chaos/verdict.js';
import { exitCodes, type ErrorCode, type Failure } from '../errors.js';

const codes = {
  weakness: 'weakness',
  inconclusive: 'inconclusive',
  'not-restored': 'leftBehind',
  failed: 'tool',
  interrupted: 'interrupted',
} as const satisfies Record<Exclude<Outcome, 'passed'>, ErrorCode>;

/** What keeps a drill from being run; a weakness is known already, and proven only where that is wanted. */
export function reasonToStop(findings: readonly Finding[], anyway: boolean): Finding | undefined {
  const refused = findings.find(({ level }) => level === 'refused');
  if (refused || anyway) return refused;
  return findings.find(({ level }) => level === 'weakness') ?? findings.find(({ level }) => level === 'inconclusive');
}

export function failureOfFinding({ level, message, fix = [] }: Finding): Failure {
  const code = level === 'weakness' ? 'weakness' : 'inconclusive';
  return { code, exitCode: exitCodes[code], message, suggestions: fix };
}

/** Of a look after which no drill follows. */
export function failureOfLook(findings: readonly Finding[]): { readonly failure?: Failure } {
  const stop = reasonToStop(findings, false);
  return stop ? { failure: failureOfFinding(stop) } : {};
}

export function failureOfRecord({ verdict }: DrillRecord): { readonly failure?: Failure } {
  if (verdict.outcome === 'passed') return {};
  const { outcome, summary, next } = verdict;
  return { failure: { code: codes[outcome], exitCode: exitCodeOf(verdict), message: summary, suggestions: next } };
}
