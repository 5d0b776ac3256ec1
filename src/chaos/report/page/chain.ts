import { formatDuration } from '../../../clock.js';
import type { DrillRecord } from '../../record.js';
import { shownLinks } from '../../shown-links.js';
import { linkTitle, statusWords } from '../../words.js';
import { offsetText } from '../moments.js';
import { chainPlot } from '../plot/chain-plot.js';
import { figure, type Section, table } from './elements.js';

/** From the fault to the end that was delivered: each link with what it took, what was predicted and why. */
export function chainSection(record: DrillRecord): Section {
  const asked = shownLinks(record.links);
  return {
    id: 'chain',
    title: 'The chain',
    content:
      asked.length === 0
        ? ''
        : figure('chain', 'The chain, link by link, in time after the fault', chainPlot(record), linkTable(record)),
  };
}

function linkTable({ links, marks, prediction }: DrillRecord): string {
  const zero = marks.faultAt ?? marks.startedAt;
  const rows = shownLinks(links).map((link) => {
    const predicted =
      link.name === 'restored'
        ? undefined
        : prediction.links.find(({ name, alert }) => name === link.name && alert === link.alert);
    return [
      linkTitle(link),
      statusWords[link.status],
      link.at === undefined ? '' : offsetText(link.at - zero),
      ...[link.tookMs, link.predictedMs, link.budgetMs].map((ms) => (ms === undefined ? '' : formatDuration(ms))),
      predicted?.because,
      link.cause ?? link.detail,
    ];
  });
  return table(
    'Links of the chain',
    [
      'Link',
      'Status',
      'At',
      'Took',
      'Predicted at most',
      'Allowed',
      'Predicted from',
      'How it is known, or why it broke',
    ],
    rows,
  );
}
