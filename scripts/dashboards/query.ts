import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { dataSource } from './variables.js';

/** A series over time, or several; `legend` may name labels: `{{pod}}`. */
export const range = (expr: string, legend: string) => query(expr).legendFormat(legend).range();

/** The value of now, or one for each series. */
export const instant = (expr: string, legend: string) => query(expr).legendFormat(legend).instant();

/** The values of now as rows of a table, a column for each label. */
export const rows = (expr: string) => query(expr).instant().format(PromQueryFormat.Table);

/** Buckets of a histogram, one series for each `le`. */
export const buckets = (expr: string) => query(expr).legendFormat('{{le}}').range().format(PromQueryFormat.Heatmap);

const query = (expr: string) =>
  new DataqueryBuilder().datasource(dataSource).editorMode(QueryEditorMode.Code).expr(expr);
