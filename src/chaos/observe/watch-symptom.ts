import type { Symptom } from '../drill.js';
import type { ProbeSample } from '../record.js';
import type { Ledger } from './ledger.js';
import type { Probe, ProbeAnswer } from './probe.js';
import type { Watcher } from './watcher.js';

/** What users get at the symptom's address. That they get nothing is an answer, too. */
export function watchSymptom(
  symptom: Symptom,
  { probe, ledger }: { readonly probe: Probe; readonly ledger: Ledger },
): Watcher {
  return {
    name: 'symptom',
    everyMs: 1000,
    async look(signal) {
      const answer = await probe(symptom.url, signal);
      signal.throwIfAborted();
      ledger.put('probes', sampleOf(symptom, answer));
    },
  };
}

function sampleOf({ text }: Symptom, { at, durationMs, status, body, error }: ProbeAnswer): ProbeSample {
  return {
    at,
    durationMs,
    ...(status !== undefined && { status }),
    ...(text !== undefined && status !== undefined && { hasText: body?.includes(text) ?? false }),
    ...(error !== undefined && { error }),
  };
}
