import type { ChaosRestoreResult, RestoredDrill } from '../usecases/chaos-restore.js';
import type { Style } from './style.js';

/** What was taken back, and what is left. */
export function restoredText({ environment, drills, left }: ChaosRestoreResult, style: Style): string {
  const { paint, symbols } = style;
  if (drills.length === 0 && left.length === 0) return `No drill is open in ${environment}.`;
  return [
    ...drills.flatMap((drill) => drillLines(drill, style)),
    ...left.map((what) => `${paint('red', symbols.failed)} ${what}`),
  ].join('\n');
}

function drillLines({ drill, run, owner, restoration, status }: RestoredDrill, { paint, symbols }: Style): string[] {
  const name = `${drill} (run ${run}, by ${owner})`;
  if (!restoration) return [`${paint('red', symbols.failed)} ${name}: not taken back`];
  const symbol = status === 'restored' ? paint('green', symbols.done) : paint('yellow', symbols.warning);
  return [
    `${symbol} ${name}: taken back by ${restoration.by} at ${restoration.at}`,
    ...restoration.results.map(({ subject, outcome, detail }) => `    ${subject}: ${detail} (${outcome})`),
  ];
}
