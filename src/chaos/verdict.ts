import { exitCodes } from '../errors.js';
import type { Outcome, Verdict } from './record.js';
import { linkReasons } from './verdict/link-reasons.js';
import { notObserved } from './verdict/not-observed.js';
import { passedWords } from './verdict/passed-words.js';
import type { Reason } from './verdict/reason.js';
import { changedByOthers, leftBehind } from './verdict/restore-reasons.js';
import {
  alertReasons,
  refusals,
  spoilingFindings,
  unscaled,
  weakFindings,
  weakLoad,
  weakScaling,
} from './verdict/result-reasons.js';
import type { UnjudgedRecord } from './verdict/unjudged-record.js';

export interface RunFlags {
  /** Somebody stopped it before its end. */
  readonly isInterrupted: boolean;
  /** What somebody else did that ended it: `the fault was taken back by ann@laptop/7`. */
  readonly endedBy?: string;
}

/**
 * What a drill has shown. Something of ours that is left comes before everything else, then what kept the drill from its
 * end, then what makes it worthless, then what it has found.
 */
export function verdictOf(record: UnjudgedRecord, flags: RunFlags = { isInterrupted: false }): Verdict {
  const { isInterrupted, endedBy } = flags;
  const left = leftBehind(record, isInterrupted);
  const reasons = [
    ...ofOutcome('not-restored', left),
    ...(isInterrupted ? [interrupted(record), ...ofOutcome('interrupted', left)] : []),
    ...failed(record),
    ...(endedBy === undefined ? [] : [ended(endedBy)]),
    ...refusals(record),
    // What is found without breaking anything is not spoiled by what would have spoiled the drill.
    ...(record.marks.faultAt === undefined ? weakFindings(record) : []),
    ...spoilingFindings(record),
    ...changedByOthers(record),
    ...unscaled(record.scaling),
    ...ofOutcome('inconclusive', linkReasons(record)),
    ...ofOutcome('weakness', linkReasons(record)),
    ...weakFindings(record),
    ...weakScaling(record.scaling),
    ...weakLoad(record.load),
    ...alertReasons(record),
  ];
  // Whatever else is known explains it better.
  const told = isInterrupted ? reasons.filter(isOfInterruption) : reasons;
  const all = told.length > 0 ? told : nothingShown(record);
  const isRehearsed = record.simulation !== undefined;
  const [first] = all;
  return {
    outcome: first?.outcome ?? 'passed',
    isRehearsed,
    summary: first?.message ?? passedWords(record),
    reasons: unique(all.map(({ message }) => message)),
    notObserved: notObserved(record),
    next: unique(all.flatMap(({ next }) => next)),
  };
}

const codes: Readonly<Record<Outcome, number>> = {
  passed: 0,
  weakness: exitCodes.weakness,
  inconclusive: exitCodes.inconclusive,
  'not-restored': exitCodes.leftBehind,
  failed: exitCodes.tool,
  interrupted: exitCodes.interrupted,
};

/** With what a command ends whose drill has this verdict. */
export function exitCodeOf({ outcome }: Pick<Verdict, 'outcome'>): number {
  return codes[outcome];
}

function interrupted({ marks, restore }: UnjudgedRecord): Reason {
  const isTakenBack = restore?.results.some(({ outcome }) => outcome === 'restored') ?? false;
  const state =
    marks.faultAt === undefined && !isTakenBack
      ? 'before the fault: nothing was changed'
      : restore === undefined
        ? 'before its end'
        : 'before its end, and the fault was taken back';
  return { outcome: 'interrupted', message: `the drill was interrupted ${state}`, next: ['run it again'] };
}

function ended(how: string): Reason {
  return {
    outcome: 'inconclusive',
    message: `${how}, before the drill had seen all that it waits for`,
    next: ['run it again, while nobody else ends it'],
  };
}

/** What was not seen of a drill that was stopped says nothing. */
function isOfInterruption({ outcome }: Reason): boolean {
  return ['not-restored', 'interrupted', 'failed'].includes(outcome);
}

function failed({ problem }: UnjudgedRecord): Reason[] {
  if (problem === undefined) return [];
  return [{ outcome: 'failed', message: problem, next: ['see the journal of the run for what came before'] }];
}

/** A drill that has seen none of what it waits for has not passed. */
function nothingShown({ marks, links, scaling, load }: UnjudgedRecord): Reason[] {
  const reason = (message: string, next: string): Reason => ({ outcome: 'inconclusive', message, next: [next] });
  if (marks.faultAt === undefined) return [reason('the fault was never injected', 'run the drill again')];
  const asked = links.filter(({ name, status }) => !['fault', 'restored'].includes(name) && status !== 'unasked');
  const isAsked = asked.length > 0 || scaling !== undefined || load !== undefined;
  const isShown =
    asked.some(({ status }) => status === 'met') ||
    (scaling !== undefined && scaling.status !== 'unobserved') ||
    (load !== undefined && !load.isSimulated);
  if (asked.some(({ status }) => status === 'unreached')) {
    return [reason('the drill ended before all that it waits for could have come', 'run the drill again')];
  }
  return isAsked && !isShown
    ? [reason('nothing of what the drill expects can be observed here', 'run it on a provider where containers run')]
    : [];
}

function ofOutcome(outcome: Outcome, reasons: readonly Reason[]): Reason[] {
  return reasons.filter((reason) => reason.outcome === outcome);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
