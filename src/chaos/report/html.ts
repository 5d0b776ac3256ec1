import { markup } from '../../markup.js';
import { pageHead } from '../../page-head.js';
import type { DrillRecord } from '../record.js';
import { verdictWords } from '../words.js';
import type { Comparison } from './compare.js';
import { comparisonNotes, comparisonRows } from './comparison-words.js';
import { momentText } from './moments.js';
import { autoscalerSection } from './page/autoscaler.js';
import { chainSection } from './page/chain.js';
import { joined, list, type Section, table } from './page/elements.js';
import {
  alertsSection,
  deliveriesSection,
  findingsSection,
  incidentsSection,
  restoreSection,
} from './page/evidence.js';
import { reasonsSection, runFacts, verdictBanner } from './page/head.js';
import { loadSection } from './page/load.js';
import { pageStyle } from './page/style.js';
import { targetSection } from './page/target.js';
import { usersSection } from './page/users.js';

export interface HtmlOptions {
  /** Path of the journal, which is named at the end. */
  readonly journal?: string;
  /** What it was compared with. */
  readonly comparison?: Comparison;
}

/** A run as a page that needs nothing else, runs no scripts and asks nobody. */
export function reportHtml(record: DrillRecord, { journal, comparison }: HtmlOptions = {}): string {
  const title = `Drill ${record.drill.name} of ${record.environment}: ${verdictWords(record.verdict)}`;
  const sections = [
    reasonsSection(record),
    ...(comparison ? [comparisonSection(comparison)] : []),
    chainSection(record),
    usersSection(record),
    targetSection(record),
    autoscalerSection(record),
    loadSection(record),
    alertsSection(record),
    deliveriesSection(record),
    restoreSection(record),
    incidentsSection(record),
    findingsSection(record),
  ].filter(({ content }) => content !== '');
  return joined(
    pageHead(title, pageStyle),
    '<body>',
    '<header>',
    '<p class="skip"><a href="#content">Go to the content</a></p>',
    `<h1>${markup(`Drill ${record.drill.name}`)}</h1>`,
    `<p>${markup(record.drill.summary)}</p>`,
    verdictBanner(record),
    runFacts(record),
    '</header>',
    navigation(sections),
    '<main id="content">',
    ...sections.map(sectionMarkup),
    '</main>',
    footer(record, journal),
    '</body>',
    '</html>\n',
  );
}

function comparisonSection(comparison: Comparison): Section {
  const { before, after } = comparison;
  const caption = `Against the run ${before.run} of ${momentText(before.startedAt)}`;
  return {
    id: 'comparison',
    title: 'Compared',
    content: joined(
      table(caption, ['What', before.run, after.run, 'Change'], comparisonRows(comparison)),
      list(comparisonNotes(comparison)),
    ),
  };
}

function navigation(sections: readonly Section[]): string {
  const items = sections.map(({ id, title }) => `<li><a href="#${id}">${markup(title)}</a></li>`);
  return `<nav aria-label="On this page"><ul>${items.join('')}</ul></nav>`;
}

function sectionMarkup({ id, title, content }: Section): string {
  return joined(
    `<section id="${id}" aria-labelledby="${id}-title">`,
    `<h2 id="${id}-title">${markup(title)}</h2>`,
    content,
    '</section>',
  );
}

function footer({ clockOffsetsMs, drill }: DrillRecord, journal: string | undefined): string {
  const offsets = Object.entries(clockOffsetsMs).map(([who, ms]) => `${who} ${ms < 0 ? '' : '+'}${String(ms)} ms`);
  const lines = [
    'Times are minutes and seconds after the fault was accepted, by the clock of the machine that ran the drill.',
    ...(offsets.length > 0 ? [`Clocks of others, corrected for: ${offsets.join(', ')}.`] : []),
    `The drill is written in ${drill.origin}.`,
    ...(journal === undefined ? [] : [`Everything that was seen, as it was seen: ${journal}`]),
  ];
  return joined('<footer>', ...lines.map((line) => `<p>${markup(line)}</p>`), '</footer>');
}
