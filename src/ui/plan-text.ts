import type { PlanResult } from '../usecases/up.js';
import { noticeLine } from './notice.js';
import { planTable } from './plan-table.js';
import type { Style } from './style.js';

/** What a run would do, with what is not real about the environment said first. */
export function planText(plan: PlanResult, style: Style): string {
  const { environment, provider, simulation, steps, unwanted, drills, warnings } = plan;
  const title = `${style.paint('bold', environment)} on ${provider}${simulation === undefined ? '' : `: ${simulation}`}`;
  const surplus =
    unwanted.length > 0
      ? [`No longer wanted: ${unwanted.join(', ')} (--prune uninstalls what the file does not have)`]
      : [];
  const warned = [...drills.map(({ message }) => message), ...warnings]
    .map((message) => noticeLine({ level: 'warning', message }, style))
    .join('\n');
  return [title, planTable(steps, { style }), ...surplus, ...(warned ? [warned] : [])].join('\n\n');
}
