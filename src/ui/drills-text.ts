import type { Drill } from '../chaos/drill.js';
import { faultWords, listed, percent } from '../chaos/words.js';
import { labelled } from './labelled.js';
import type { Style } from './style.js';

/** The drills that can be run: what each breaks, and what it expects to see. */
export function drillsText(
  drills: readonly Drill[],
  { paint, symbols }: Style,
  columns = Number.POSITIVE_INFINITY,
): string {
  if (drills.length === 0) return 'There are no drills.';
  const about = drills.map((drill) => {
    const expected = expectations(drill);
    return [
      paint('bold', drill.name),
      labelled('', drill.summary, columns, 2),
      labelled('  breaks', faultWords(drill.fault), columns, 11),
      ...(expected.length === 0 ? [] : [labelled('  expects', expected.join('; '), columns, 11)]),
      paint('dim', `  ${drill.origin}`),
    ].join('\n');
  });
  return [...about, `${symbols.next} platform chaos run ${drills[0]?.name ?? 'DRILL'} --dry-run`].join('\n\n');
}

function expectations({ expect }: Drill): string[] {
  const { symptom, alerts, receiver, autoscaler, load } = expect;
  const to = receiver === undefined ? '' : ` at ${receiver}`;
  return [
    ...(alerts.length > 0 ? [`${listed(alerts)}${to}`] : []),
    ...(symptom ? [`${String(symptom.status)} from ${symptom.url}`] : []),
    ...(autoscaler
      ? [
          `${autoscaler.name} scaled to ${autoscaler.reaches === undefined ? 'its maximum' : String(autoscaler.reaches)}`,
        ]
      : []),
    ...(load ? [`${percent(load.successRatio)} of the requests answered with success`] : []),
  ];
}
