import type { Fault, WorkloadTarget } from '../drill.js';
import type { RestoreResult } from '../record.js';
import { restoreCommand } from '../intent/new-intent.js';
import { targetOf } from '../target.js';
import { faultWords } from '../words.js';
import type { Reason } from './reason.js';
import type { UnjudgedRecord } from './unjudged-record.js';

const touchedByOthers = {
  foreign: 'was changed by somebody else during the drill',
  gone: 'was deleted by somebody else during the drill',
  replaced: 'was deleted and made anew by somebody else during the drill',
} as const;

/**
 * Something of ours that is left. What somebody else changed in the meantime is theirs. Who interrupts a drill does not
 * wait until pods are ready again: then this is left only where the fault itself is.
 */
export function leftBehind(record: UnjudgedRecord, isInterrupted: boolean): Reason[] {
  const { run, environment, drill, marks, restore, links } = record;
  const isTakenBack = restore !== undefined && restore.results.length > 0;
  const next = [isTakenBack ? 'see what it waits for with `platform status`' : restoreCommand(environment, run)];
  const outcome = isTakenBack && isInterrupted ? 'interrupted' : 'not-restored';
  const reason = (message: string): Reason => ({ outcome, message, next });
  if (!restore) {
    return marks.faultAt !== undefined && mustBeTakenBack(drill.fault, record)
      ? [reason(`the fault was not taken back: ${faultWords(drill.fault)}`)]
      : [];
  }
  const ours = restore.differences.filter((difference) => !isOfOthers(difference, restore));
  const broken = links.filter(({ name, status }) => name === 'restored' && status === 'broken');
  return [
    ...ours.map((difference) =>
      reason(`not as it was before the fault${outcome === 'interrupted' ? ' yet' : ''}: ${difference}`),
    ),
    ...(ours.length > 0 ? [] : broken.map(({ cause }) => reason(`the fault was not taken back${suffix(cause)}`))),
  ];
}

/** The target is not what the drill left: whatever was seen may be somebody else's doing. */
export function changedByOthers({ restore, observations, drill: { fault } }: UnjudgedRecord): Reason[] {
  const results = restore?.results ?? [];
  const messages = results.flatMap(({ subject, outcome, detail }) =>
    outcome === 'restored' || outcome === 'as-it-was' ? [] : [`${subject} ${touchedByOthers[outcome]}: ${detail}`],
  );
  const target = targetOf(fault);
  const incidents = observations.incidents.filter(({ message }) => target && isAbout(message, target));
  const told = messages.length > 0 ? messages : incidents.map(({ message }) => message);
  return told.map((message) => ({
    outcome: 'inconclusive',
    message,
    next: ['find out who changes it, a colleague or a controller, and run the drill again while nobody does'],
  }));
}

function isOfOthers(difference: string, { results }: RestoreResult): boolean {
  return results.some(({ subject, outcome }) => outcome in touchedByOthers && difference.includes(subject));
}

/** Pods that were killed come back by themselves, and so does a real load. */
function mustBeTakenBack({ type }: Fault, { simulation }: UnjudgedRecord): boolean {
  return type === 'load' ? simulation !== undefined : type !== 'kill';
}

// Names of Kubernetes' objects are fit for an expression but for their dots.
function isAbout(message: string, { kind, name }: WorkloadTarget): boolean {
  return new RegExp(`(^|[^-\\w])${kind}/${name.replaceAll('.', '\\.')}(?![-.\\w])`).test(message);
}

function suffix(cause: string | undefined): string {
  return cause === undefined ? '' : `: ${cause}`;
}
