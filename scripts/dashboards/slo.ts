import { colors } from './colors.js';
import { dashboard } from './dashboard.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { instant, range } from './query.js';
import { anyOf } from './variables.js';

// The recording rules of assets/rules/slo.yaml, which explains them.
const here = 'job=~"$service"';
const errors = (window: string, slo: string) => `slo:error_ratio:rate${window}{${here}, slo=~"${slo}"}`;
const burn = (window: string, slo: string) =>
  `${errors(window, slo)} / on (slo) group_left () (1 - slo:objective:ratio)`;
const left = (slo: string) => `slo:error_budget_remaining:ratio3d{${here}, slo=~"${slo}"}`;
const objective = (slo: string) => `max(slo:objective:ratio{slo="${slo}"})`;

const windows = ['5m', '30m', '1h', '6h', '3d'] as const;

function kept(title: string, slo: 'availability' | 'latency', description: string) {
  return timeSeries(title, {
    description,
    queries: [range(`1 - ${errors('1h', slo)}`, '{{job}}'), range(objective(slo), 'objective')],
    unit: 'percentunit',
    decimals: 2,
    min: 0.9,
    max: 1,
    width: 12,
    marked: { '/^objective$/': { color: colors.bad, line: 'dash' } },
    noData: 'No requests',
  });
}

function burning(title: string, slo: 'availability' | 'latency', description: string) {
  return timeSeries(title, {
    description,
    queries: (['5m', '1h', '6h'] as const).map((window) => range(burn(window, slo), `{{job}} ${window}`)),
    unit: 'none',
    decimals: 1,
    width: 12,
    levels: { warning: 6, bad: 14.4 },
    marked: {
      '/ 5m$/': { color: colors.calm, line: 'dot' },
      '/ 1h$/': { color: colors.bad, line: 'solid' },
      '/ 6h$/': { color: colors.warning, line: 'dash' },
    },
    noData: 'No requests',
  });
}

/** What people were promised, whether it is kept, and how fast the errors that are allowed get used up. */
export const slo = dashboard({
  name: 'slo',
  title: 'Service level objectives',
  description: 'What people were promised, whether it is kept, and how fast the errors that are allowed get used up.',
  variables: [
    anyOf('service', {
      label: 'Service',
      description: 'Services with objectives',
      values: 'label_values(slo:error_ratio:rate5m, job)',
    }),
  ],
  rows: [
    {
      title: 'Budget',
      panels: [
        stat('Objective: availability', {
          description: 'The share of requests that must be answered without a status of 500 or above.',
          queries: [instant(objective('availability'), 'availability')],
          unit: 'percentunit',
          decimals: 1,
          width: 6,
          noData: 'The rules are not loaded',
        }),
        stat('Objective: within 0.5 s', {
          description: 'The share of requests that must be answered within half a second.',
          queries: [instant(objective('latency'), 'latency')],
          unit: 'percentunit',
          decimals: 1,
          width: 6,
          noData: 'The rules are not loaded',
        }),
        stat('Budget left: availability', {
          description:
            'How many of the failed requests that three days may have are left: 100% is all of them. Below 25% stop taking risks; below 0% the objective is missed.',
          queries: [instant(left('availability'), '{{job}}')],
          unit: 'percentunit',
          decimals: 1,
          width: 6,
          levels: { badBelow: 0, goodFrom: 0.25 },
          named: true,
          noData: 'No requests in three days',
        }),
        stat('Budget left: latency', {
          description:
            'How many of the slow requests that three days may have are left: 100% is all of them. Below 25% stop taking risks; below 0% the objective is missed.',
          queries: [instant(left('latency'), '{{job}}')],
          unit: 'percentunit',
          decimals: 1,
          width: 6,
          levels: { badBelow: 0, goodFrom: 0.25 },
          named: true,
          noData: 'No requests in three days',
        }),
        timeSeries('Budget left', {
          description:
            'The course of what is left. A steep fall is an incident; a slow one all the time is a service that is not good enough.',
          queries: [range(left('.+'), '{{job}} {{slo}}')],
          unit: 'percentunit',
          min: -1,
          max: 1,
          width: 24,
          height: 7,
          marked: { '/latency$/': { color: colors.warning, line: 'dash' } },
          noData: 'No requests in three days',
        }),
      ],
    },
    {
      title: 'Objectives',
      panels: [
        kept(
          'Requests that succeed',
          'availability',
          'The share of requests of the last hour that did not fail. Below the objective (dashed) the budget shrinks faster than it may.',
        ),
        kept(
          'Requests within 0.5 s',
          'latency',
          'The share of requests of the last hour that were answered in time. Below the objective (dashed) the budget shrinks faster than it may.',
        ),
      ],
    },
    {
      title: 'Burn rates',
      panels: [
        burning(
          'Burn rate: availability',
          'availability',
          'How many times faster than it may the budget for failed requests is used up, over 5 minutes, 1 and 6 hours. 1 is just as it may. ErrorBudgetBurn fires from 14.4 over 1 h and from 6 over 6 h (dashed lines).',
        ),
        burning(
          'Burn rate: latency',
          'latency',
          'How many times faster than it may the budget for slow requests is used up, over 5 minutes, 1 and 6 hours. 1 is just as it may. ErrorBudgetBurn fires from 14.4 over 1 h and from 6 over 6 h (dashed lines).',
        ),
        table('All windows', {
          description:
            'The burn rate of each objective over each window. The short ones show whether it still goes on, the long ones whether it matters.',
          width: 24,
          height: 7,
          labels: { job: 'Service', slo: 'Objective' },
          values: [
            ...windows.map((window) => ({
              title: window,
              expr: `sum by (job, slo) (${burn(window, '.+')})`,
              unit: 'none' as const,
              decimals: 1,
              levels: { warning: 1, bad: 6 },
            })),
            {
              title: 'Budget left',
              expr: `sum by (job, slo) (${left('.+')})`,
              unit: 'percentunit',
              decimals: 1,
              levels: { badBelow: 0, goodFrom: 0.25 },
            },
          ],
          sortBy: { heading: 'Service' },
          noData: 'No requests',
        }),
      ],
    },
  ],
});
