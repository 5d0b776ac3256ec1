import { isUnnoticed, type Symptom } from '../drill.js';
import type { ProbeSample } from '../record.js';
import type { ChainInput, Evidence } from './evidence.js';
import { meanwhile } from './meanwhile.js';
import { silenceOf } from './silent.js';

/** That users meet what they should while the fault lasts. */
export function symptomEvidence(input: ChainInput): Evidence {
  const { drill, observations, marks, isRehearsed, now } = input;
  const name = 'symptom';
  const { symptom } = drill.expect;
  if (!symptom) return { name, status: 'unasked' };
  if (isRehearsed) return { name, status: 'unobserved', detail: 'no container runs: nobody answers users' };
  if (isUnnoticed(symptom)) return { name, status: 'unasked', detail: 'users should notice nothing' };
  const { faultAt, restoredAt = now, loadEndedAt = restoredAt } = marks;
  if (faultAt === undefined) return { name };
  const during = observations.probes.filter(({ at }) => at >= faultAt && at <= loadEndedAt);
  const first = during.findIndex((sample) => showsSymptom(symptom, sample));
  const seen = during[first];
  const last = during.at(-1);
  if (!last) return { name, cause: `${symptom.url} was never asked` };
  if (!seen) return { name, cause: `${symptom.url} answered ${answerOf(symptom, last)}, not ${expectedOf(symptom)}` };
  const cause = otherAnswers(symptom, during.slice(first), input);
  if (cause !== undefined) return { name, cause };
  return { name, at: seen.at, detail: `${symptom.url} answered ${answerOf(symptom, seen)}` };
}

/** So many answers, and this share of them, may be something else once users have seen what is designed. */
const strayAnswers = 1;
const strayShare = 0.1;

/**
 * What users got instead of what is designed, where they got it too often. What they get before they see it for the first
 * time does not count, for a fault takes a while; nor that they are well again where the fault is over by itself.
 */
function otherAnswers(
  symptom: Symptom,
  answers: readonly ProbeSample[],
  { drill, observations, marks: { faultAt = 0 } }: ChainInput,
): string | undefined {
  const isWell = wellnessOf(symptom, observations.probes, faultAt);
  const lasts = drill.fault.type === 'scale' || drill.fault.type === 'cut';
  const until = lasts ? answers.length : answers.findLastIndex((sample) => !isWell(sample)) + 1;
  const counted = answers.slice(0, until);
  const others = counted.filter((sample) => !showsSymptom(symptom, sample));
  const [other] = others;
  if (!other || others.length <= Math.max(strayAnswers, counted.length * strayShare)) return undefined;
  const share = `${String(others.length)} of ${String(counted.length)} times`;
  return `${share} ${symptom.url} answered something else than ${expectedOf(symptom)}, first ${answerOf(symptom, other)}`;
}

/** That users have again what they had before; where no symptom can be seen, that the target is ready again. */
export function recoveryEvidence(input: ChainInput): Evidence {
  const { drill, marks, isRehearsed } = input;
  const name = 'recovered';
  const restoredAt = marks.restoredAt ?? marks.loadEndedAt;
  if (restoredAt === undefined) return { name };
  const { symptom } = drill.expect;
  if (!symptom || isRehearsed) return recoveryOfTarget(restoredAt, input);
  return isUnnoticed(symptom)
    ? servedThroughout(symptom, restoredAt, input)
    : recoveryOfUsers(symptom, restoredAt, input);
}

/** That users were served from the fault until it was over. */
function servedThroughout(symptom: Symptom, restoredAt: number, { observations, marks }: ChainInput): Evidence {
  const name = 'recovered';
  const asked = observations.probes.filter(({ at }) => at >= (marks.faultAt ?? restoredAt));
  const ill = asked.filter((sample) => !showsSymptom(symptom, sample));
  const [first] = ill;
  if (first) {
    const share = `${String(ill.length)} of ${String(asked.length)} times`;
    const cause = `${share} ${symptom.url} did not answer as usual, first with ${answerOf(symptom, first)}`;
    // It is not waited for to be met, but for how long users were not served.
    const last = asked.at(-1);
    const isWellAgain = last !== undefined && last.at >= restoredAt && showsSymptom(symptom, last);
    return { name, cause, isDecided: isWellAgain };
  }
  const after = asked.find(({ at }) => at >= restoredAt);
  if (!after) return { name };
  return { name, at: after.at, detail: `${symptom.url} answered as usual all ${String(asked.length)} times` };
}

function recoveryOfUsers(symptom: Symptom, restoredAt: number, { observations, marks }: ChainInput): Evidence {
  const name = 'recovered';
  const { probes } = observations;
  const isWell = wellnessOf(symptom, probes, marks.faultAt ?? restoredAt);
  const after = probes.filter(({ at }) => at >= restoredAt);
  // A page that is well for a moment and ill again has not recovered yet.
  const lastIll = after.findLastIndex((sample) => !isWell(sample));
  const first = after[lastIll + 1];
  if (first) return { name, at: first.at, detail: `${symptom.url} answered ${answerOf(symptom, first)}` };
  const last = after.at(-1);
  const cause = last ? `${symptom.url} still answered ${answerOf(symptom, last)}` : `${symptom.url} was never asked`;
  return { name, cause };
}

/** Whether users get what they got before the fault; where nobody asked by then, anything but an error of the server. */
function wellnessOf(symptom: Symptom, probes: readonly ProbeSample[], faultAt: number) {
  const usual = probes.find(({ at, status }) => status !== undefined && at < faultAt)?.status;
  return (sample: ProbeSample): boolean =>
    sample.status !== undefined &&
    !showsSymptom(symptom, sample) &&
    (usual === undefined ? sample.status < 500 : sample.status === usual);
}

function recoveryOfTarget(restoredAt: number, input: ChainInput): Evidence {
  const name = 'recovered';
  const { observations, marks } = input;
  const { target } = observations;
  if (target.length === 0) return { name, status: 'unobserved', detail: 'there is no workload to look at' };
  const before = target.findLast(({ at }) => at < (marks.faultAt ?? restoredAt));
  const after = target.filter(({ at }) => at >= restoredAt);
  const whole = after.find(
    ({ wanted, ready, endpoints }) => wanted > 0 && ready >= wanted && (!before?.endpoints || endpoints !== 0),
  );
  if (whole) return { name, at: whole.at, detail: `${String(whole.ready)} of ${String(whole.wanted)} pods ready` };
  const last = after.at(-1);
  const seen = last && `only ${String(last.ready)} of ${String(last.wanted)} pods got ready again`;
  const unseen = silenceOf('api-server', restoredAt, observations) ?? 'it was not seen again';
  return { name, cause: seen ?? meanwhile(input) ?? unseen };
}

function showsSymptom({ status, text }: Symptom, sample: ProbeSample): boolean {
  return sample.status === status && (text === undefined || sample.hasText === true);
}

function answerOf({ status, text }: Symptom, sample: ProbeSample): string {
  if (sample.status === undefined) return `nothing (${sample.error ?? 'no reason given'})`;
  const isTextMissing = text !== undefined && sample.status === status && sample.hasText !== true;
  return `${String(sample.status)}${isTextMissing ? ` without "${text}"` : ''}`;
}

function expectedOf({ status, text }: Symptom): string {
  return `${String(status)}${text === undefined ? '' : ` with "${text}"`}`;
}
