import { formatDuration } from '../../../clock.js';
import { markup } from '../../../markup.js';
import type { DrillRecord, Outcome } from '../../record.js';
import { faultWords, verdictWords } from '../../words.js';
import { momentText } from '../moments.js';
import { definitions, joined, list, paragraph, type Section } from './elements.js';

const looks: Readonly<Record<Outcome, readonly ['good' | 'bad' | 'odd', string]>> = {
  passed: ['good', '✓'],
  weakness: ['bad', '✗'],
  'not-restored': ['bad', '✗'],
  failed: ['bad', '✗'],
  inconclusive: ['odd', '?'],
  interrupted: ['odd', '!'],
};

/** What whoever opens the page must know: the verdict in one sentence, and of which run it is. */
export function verdictBanner({ verdict, simulation }: DrillRecord): string {
  const [look, symbol] = looks[verdict.outcome];
  return joined(
    `<div class="verdict ${look}"><p><span aria-hidden="true">${symbol}</span> <strong>${markup(verdictWords(verdict))}</strong></p>`,
    paragraph(verdict.summary),
    simulation === undefined ? '' : paragraph(`rehearsed: ${simulation}`),
    '</div>',
  );
}

/** Which run this is. */
export function runFacts({ drill, environment, provider, marks, run }: DrillRecord): string {
  return definitions([
    ['Environment', `${environment} on ${provider}`],
    ['Fault', faultWords(drill.fault)],
    ['Began', momentText(marks.startedAt)],
    ['Took', formatDuration(marks.endedAt - marks.startedAt)],
    ['Run', run],
  ]);
}

/** Why the verdict is what it is, what to do, what nobody could see. */
export function reasonsSection({ verdict }: DrillRecord): Section {
  const { reasons, next, notObserved } = verdict;
  const part = (title: string, items: readonly string[]) =>
    items.length === 0 ? '' : `<h3>${title}</h3>\n${list(items)}`;
  return {
    id: 'reasons',
    title: 'What it shows',
    content: joined(
      part('Why', reasons.length > 1 ? reasons : []),
      part('What to do', next),
      part('Not observed', notObserved),
    ),
  };
}
