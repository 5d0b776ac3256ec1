import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type AnnotationQuery,
  DashboardCursorSync,
  defaultDashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { colors } from './colors.js';
import { type Row, grid } from './grid.js';
import { siblings, tag, uids } from './links.js';
import { range } from './query.js';
import { dataSource, dataSourceVariable } from './variables.js';

/** A dashboard in Grafana's classic model, which provisioning and the sidecar load. */
export type Dashboard = ReturnType<typeof defaultDashboard>;

interface Story {
  readonly name: keyof typeof uids;
  readonly title: string;
  readonly description: string;
  readonly variables?: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}

/** Everything that all our dashboards have in common, around what one of them tells. */
export function dashboard({ name, title, description, variables = [], rows }: Story): Dashboard {
  return {
    ...defaultDashboard(),
    uid: uids[name],
    title,
    description,
    tags: [tag],
    version: 1,
    time: { from: 'now-1h', to: 'now' },
    refresh: '30s',
    // The same moment is marked in every panel.
    graphTooltip: DashboardCursorSync.Crosshair,
    links: [siblings],
    templating: { list: [dataSourceVariable(), ...variables].map((variable) => variable.build()) },
    annotations: { list: [firingAlerts()] },
    panels: grid(rows),
  };
}

// What a graph did before an alert fired is what its reader looks for. Not by the SDK's builder, which would hide the
// switch for it among the controls.
const firingAlerts = (): AnnotationQuery => ({
  name: 'Firing alerts',
  datasource: dataSource,
  enable: true,
  iconColor: colors.bad,
  target: range(alertsThatMatter, '').refId('A').interval('15s').build(),
  titleFormat: '{{alertname}}',
  textFormat: '{{namespace}} {{service}}',
});

/** Watchdog always fires and InfoInhibitor only silences others. */
export const alertsThatMatter = 'ALERTS{alertstate="firing", alertname!~"Watchdog|InfoInhibitor"}';
