import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type * as units from '@grafana/grafana-foundation-sdk/units';
import type { Levels } from '../colors.js';
import { dataSource } from '../variables.js';

/** A unit that Grafana knows. */
export type Unit = Extract<(typeof units)[keyof typeof units], string>;

/** What every panel says of itself. */
export interface Looks {
  /** What it shows, and what of it is bad. */
  readonly description: string;
  readonly queries: readonly DataqueryBuilder[];
  readonly unit: Unit;
  /** Of 24 columns. */
  readonly width: number;
  /** In rows of the grid, 30 px each. */
  readonly height?: number;
  readonly levels?: Levels;
  /** What it means that there is nothing to show. */
  readonly noData?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
}

// What the builders of all types of panels have in common.
interface AnyPanel {
  title(title: string): this;
  description(description: string): this;
  datasource(reference: DataSourceRef): this;
  targets(targets: Builder<Dataquery>[]): this;
  unit(unit: string): this;
  span(columns: number): this;
  height(rows: number): this;
  noValue(text: string): this;
  decimals(decimals: number): this;
  min(min: number): this;
  max(max: number): this;
}

/** Gives a panel of any type what every panel has. */
export function dress<P extends AnyPanel>(panel: P, title: string, looks: Looks & { readonly height: number }): P {
  panel
    .title(title)
    .description(looks.description)
    .datasource(dataSource)
    .targets(looks.queries.map((query, index) => query.refId(letter(index))))
    .unit(looks.unit)
    .span(looks.width)
    .height(looks.height)
    .noValue(looks.noData ?? 'No data');
  if (looks.decimals !== undefined) panel.decimals(looks.decimals);
  if (looks.min !== undefined) panel.min(looks.min);
  if (looks.max !== undefined) panel.max(looks.max);
  return panel;
}

/** The name of a query in its panel: A, B, C, … */
export const letter = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);
