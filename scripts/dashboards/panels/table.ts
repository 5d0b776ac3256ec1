import { TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { type Levels, thresholds } from '../colors.js';
import { rows } from '../query.js';
import { type Looks, type Unit, dress, letter } from './looks.js';
import { type Words, mappingOf } from './words.js';

/** A column of values. Each query gives one value for each combination of the table's labels. */
interface Value {
  readonly expr: string;
  /** Without a title the query only says which rows there are. */
  readonly title?: string;
  readonly unit?: Unit;
  readonly decimals?: number;
  readonly levels?: Levels;
  readonly words?: Words;
}

interface TableLooks extends Omit<Looks, 'queries' | 'unit' | 'levels' | 'min' | 'max'> {
  /** The labels that are columns, and their headings. */
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly Value[];
  readonly sortBy: { readonly heading: string; readonly descending?: boolean };
  /** Where a click on a cell of this heading leads. */
  readonly link?: { readonly heading: string; readonly title: string; readonly url: string };
}

/** The present values, a row for each combination of labels. */
export function table(title: string, looks: TableLooks): PanelBuilder {
  const { labels, values, sortBy, link } = looks;
  const panel = dress(new PanelBuilder(), title, {
    height: 8,
    ...looks,
    unit: 'none',
    queries: values.map(({ expr }) => rows(expr)),
  })
    .filterable(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(sortBy.heading).desc(sortBy.descending ?? false)])
    // One row out of the answers to all queries about the same labels.
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: columns(labels, values) });
  for (const value of values) if (value.title !== undefined) panel.overrideByName(value.title, display(value));
  if (link) panel.overrideByName(link.heading, [{ id: 'links', value: [{ title: link.title, url: link.url }] }]);
  return panel;
}

function columns(labels: TableLooks['labels'], values: readonly Value[]) {
  // What Grafana calls the values of a query depends on whether there is another one.
  const fields = values.map((value, index) => ({
    field: values.length === 1 ? 'Value' : `Value #${letter(index)}`,
    title: value.title,
  }));
  const shown = fields.flatMap(({ field, title }) => (title === undefined ? [] : [[field, title] as const]));
  const hidden = fields.filter(({ title }) => title === undefined).map(({ field }) => field);
  const order = [...Object.keys(labels), ...shown.map(([field]) => field)];
  return {
    excludeByName: Object.fromEntries(['Time', ...hidden].map((field) => [field, true])),
    indexByName: Object.fromEntries(order.map((field, index) => [field, index])),
    renameByName: { ...labels, ...Object.fromEntries(shown) },
  };
}

function display({ unit, decimals, levels, words }: Value): DynamicConfigValue[] {
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: [mappingOf(words)] }]),
    ...(levels === undefined
      ? []
      : [
          { id: 'thresholds', value: thresholds(levels).build() },
          { id: 'color', value: { mode: 'thresholds' } },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ]),
  ];
}
