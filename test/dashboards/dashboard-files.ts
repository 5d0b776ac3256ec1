import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asset } from '../../src/paths.js';
import { type DashboardModel, type PanelModel, dashboardModel } from './grafana-model.js';

export const dashboardsFolder = asset('assets', 'dashboards');

export interface DashboardFile {
  readonly name: string;
  readonly text: string;
  readonly dashboard: DashboardModel;
}

/** What is shipped, in Grafana's model; throws where it does not fit it. */
export function dashboardFiles(): DashboardFile[] {
  return dashboardNames().map((name) => {
    const text = readFileSync(join(dashboardsFolder, `${name}.json`), 'utf8');
    return { name, text, dashboard: dashboardModel.parse(JSON.parse(text)) };
  });
}

/** The names of the files, without `.json`. */
export const dashboardNames = (): string[] =>
  readdirSync(dashboardsFolder)
    .map((file) => file.replace(/\.json$/, ''))
    .sort();

/** Its panels, without the headings between them. */
export const panelsOf = ({ panels }: DashboardModel): PanelModel[] =>
  panels.filter((panel): panel is PanelModel => panel.type !== 'row');
