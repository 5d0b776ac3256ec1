import { type DashboardLink, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** What all our dashboards carry, and are found by. */
export const tag = 'platform';

/** The uids: links and bookmarks are made of them, so they never change. */
export const uids = {
  overview: 'platform-overview',
  service: 'platform-service',
  database: 'platform-database',
  autoscaling: 'platform-autoscaling',
  pods: 'platform-pods',
  slo: 'platform-slo',
  alerting: 'platform-alerting',
} as const;

/**
 * The menu from each dashboard to the others; takes variables and time along. Not by the SDK's builder, which would hide
 * it among the controls.
 */
export const siblings: DashboardLink = {
  title: 'Dashboards',
  type: DashboardLinkType.Dashboards,
  icon: 'external link',
  tooltip: 'The other dashboards of this environment',
  tags: [tag],
  asDropdown: true,
  targetBlank: false,
  includeVars: true,
  keepTime: true,
};

/** From a row of a table to a dashboard about it; the values come from the columns of the row. */
export function linkFromRow(title: string, dashboard: keyof typeof uids, variables: Readonly<Record<string, string>>) {
  const values = Object.entries(variables).map(
    ([variable, column]) => `var-${variable}=\${__data.fields["${column}"]:percentencode}`,
  );
  return { title, url: `/d/${uids[dashboard]}?${[...values, '${__url_time_range}'].join('&')}` };
}
