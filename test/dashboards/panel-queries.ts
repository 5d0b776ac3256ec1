import { type DashboardFile, dashboardFiles, panelsOf } from './dashboard-files.js';

/** A query as Grafana sends it when the dashboard is opened for the first time. */
export interface PanelQuery {
  /** The name of its file. */
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
  /** The name of each series; every `{{label}}` in it is a label of the result. */
  readonly legend: string;
  /** Why there may be nothing in a healthy environment. */
  readonly mayBeEmpty?: string;
}

/** Every query of every panel, with the variables at the values they begin with. */
export function panelQueries(files: readonly DashboardFile[] = dashboardFiles()): PanelQuery[] {
  return files.flatMap(({ name, dashboard }) =>
    panelsOf(dashboard).flatMap((panel) =>
      panel.targets.map(({ expr, legendFormat = '' }) => {
        const reason = oftenEmpty[`${name}/${panel.title}`] ?? oftenEmpty[`${name}/${panel.title}/${legendFormat}`];
        return {
          dashboard: name,
          panel: panel.title,
          expr: withInitialValues(expr, dashboard),
          legend: legendFormat,
          ...(reason !== undefined && { mayBeEmpty: reason }),
        };
      }),
    ),
  );
}

/** Puts values in the place of variables, as Grafana does: several of them as the alternatives of a regular expression. */
export function withInitialValues(text: string, { templating }: DashboardFile['dashboard']): string {
  const values = new Map<string, string>([
    // Grafana's own: at least four scrapes.
    ['__rate_interval', '1m'],
    ...templating.list.map(({ name, current }) => [name, inPlaceOf(current.value)] as const),
  ]);
  return text.replaceAll(/\$(?:\{([A-Za-z_]+)\}|([A-Za-z_]+))/g, (whole, braced?: string, bare?: string) => {
    return values.get(braced ?? bare ?? '') ?? whole;
  });
}

function inPlaceOf(value: string | readonly string[]): string {
  if (typeof value === 'string') return value;
  if (value.includes('$__all')) return '.+';
  return value.length === 1 ? (value[0] ?? '') : `(${value.join('|')})`;
}

/** What shows something only in some situations, by `<file>/<title of the panel>` or also `/<legend>`. */
export const oftenEmpty: Readonly<Record<string, string>> = {
  'overview/Firing alerts': 'no alert fires',
  'alerting/Alerts over time': 'no alert is pending or fires',
  'alerting/Firing now': 'no alert fires',
  'alerting/Notifications by integration': 'nothing was told in the last minute',
  'alerting/Failed notifications': 'nothing failed',
  'alerting/Time to deliver (p95)': 'nothing was told in the last minute',
  'autoscaling/Time throttled': 'the pods have no CPU limit',
  'database/Locks by mode': 'no lock is held while the exporter looks',
  'pods/CPU/limit': 'no container has a CPU limit',
  'pods/Restarts': 'no container was started again',
  'pods/Containers that wait': 'no container waits',
  'pods/How containers ended last': 'no container ended',
  'pods/Quotas': 'no namespace has a quota',
};
