import type { ReportResult } from '../usecases/chaos-report.js';
import type { DrillResult } from '../usecases/chaos-run.js';
import { comparisonText } from './comparison-text.js';
import { drillPreviewText } from './drill-preview-text.js';
import { drillText } from './drill-text.js';
import type { Style } from './style.js';

/** What a command that runs a drill says at its end. */
export function drillResultText(result: DrillResult, style: Style, columns?: number): string {
  if (result.kind === 'look') return drillPreviewText(result, style, columns);
  return withComparison(result, result.html, style, columns);
}

/** A report in the form that was asked for. */
export function reportText(result: ReportResult, style: Style, columns?: number): string {
  return result.content ?? withComparison(result, result.html, style, columns);
}

function withComparison(
  { record, comparison }: Pick<ReportResult, 'record' | 'comparison'>,
  report: string,
  style: Style,
  columns: number | undefined,
): string {
  const text = drillText(record, { style, report, ...(columns !== undefined && { columns }) });
  return comparison ? `${text}\n\n${comparisonText(comparison, style, columns)}` : text;
}
