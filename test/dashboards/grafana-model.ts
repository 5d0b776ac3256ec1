import * as units from '@grafana/grafana-foundation-sdk/units';
import { z } from 'zod';

// Grafana's classic dashboard model (schema version 42), as strict as we use it: what is not here we do not write, so
// that a misspelt option fails instead of being ignored.

const unit = z.enum(Object.values(units).filter((value) => typeof value === 'string'));
const color = z.union([z.string().regex(/^#[0-9A-F]{6}$/), z.literal('text')]);
const dataSource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const grid = z.strictObject({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});

const target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: dataSource,
  expr: z.string().min(1),
  legendFormat: z.string().optional(),
  editorMode: z.literal('code'),
  format: z.enum(['table', 'heatmap']).optional(),
  instant: z.boolean().optional(),
  range: z.boolean().optional(),
  interval: z.string().optional(),
});

const thresholds = z.strictObject({
  mode: z.literal('absolute'),
  steps: z
    .array(z.strictObject({ value: z.number().nullable(), color }))
    .min(1)
    .refine(([first, ...others]) => first?.value === null && others.every(({ value }) => value !== null), {
      error: 'the first step, and only it, has no value',
    }),
});
const mapping = z.strictObject({
  type: z.literal('value'),
  options: z.record(z.string(), z.strictObject({ text: z.string().min(1), index: z.int() })),
});
const colorMode = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('fixed'), fixedColor: color }),
  z.strictObject({ mode: z.literal('thresholds') }),
  z.strictObject({ mode: z.literal('palette-colorblind') }),
]);

const property = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('color'), value: colorMode }),
  z.strictObject({ id: z.literal('unit'), value: unit }),
  z.strictObject({ id: z.literal('decimals'), value: z.int() }),
  z.strictObject({ id: z.literal('mappings'), value: z.array(mapping) }),
  z.strictObject({ id: z.literal('thresholds'), value: thresholds }),
  z.strictObject({ id: z.literal('links'), value: z.array(z.strictObject({ title: z.string(), url: z.string() })) }),
  z.strictObject({
    id: z.literal('custom.lineStyle'),
    value: z.strictObject({ fill: z.enum(['solid', 'dash', 'dot']), dash: z.array(z.int()).length(2).optional() }),
  }),
  z.strictObject({ id: z.literal('custom.cellOptions'), value: z.strictObject({ type: z.literal('color-text') }) }),
]);
const override = z.strictObject({
  matcher: z.strictObject({ id: z.enum(['byName', 'byRegexp']), options: z.string().min(1) }),
  properties: z.array(property).min(1),
});

const fieldConfig = z.strictObject({
  defaults: z.strictObject({
    unit,
    noValue: z.string().min(1),
    decimals: z.int().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    color: colorMode.optional(),
    thresholds: thresholds.optional(),
    mappings: z.array(mapping).optional(),
    custom: z.record(z.string(), z.unknown()).optional(),
  }),
  overrides: z.array(override),
});

const organize = z.strictObject({
  excludeByName: z.record(z.string(), z.literal(true)),
  indexByName: z.record(z.string(), z.int()),
  renameByName: z.record(z.string(), z.string().min(1)),
});
const transformation = z.discriminatedUnion('id', [
  z.strictObject({ id: z.literal('merge'), options: z.strictObject({}) }),
  z.strictObject({ id: z.literal('organize'), options: organize }),
]);

const panel = z.strictObject({
  id: z.int().min(1),
  type: z.enum(['timeseries', 'stat', 'table', 'heatmap', 'state-timeline']),
  title: z.string().min(1),
  description: z.string().min(20),
  transparent: z.boolean(),
  repeatDirection: z.literal('h'),
  datasource: dataSource,
  gridPos: grid,
  targets: z.array(target).min(1),
  transformations: z.array(transformation).optional(),
  fieldConfig,
  options: z.record(z.string(), z.unknown()),
});
const row = z.strictObject({
  id: z.int().min(1),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: grid,
  panels: z.array(z.never()),
});

const choice = z.union([z.string(), z.array(z.string())]);
const variable = z.strictObject({
  type: z.enum(['datasource', 'query']),
  name: z.string().regex(/^[a-z]+$/),
  label: z.string().min(1),
  description: z.string().min(1),
  query: z.string().min(1),
  definition: z.string().optional(),
  datasource: dataSource.optional(),
  current: z.strictObject({ selected: z.literal(true), text: choice, value: choice }),
  hide: z.int().optional(),
  skipUrlSync: z.boolean(),
  multi: z.boolean(),
  allowCustomValue: z.boolean(),
  includeAll: z.boolean(),
  refresh: z.int().min(0).max(2).optional(),
  sort: z.int().min(0).max(8).optional(),
  auto: z.boolean().optional(),
  auto_min: z.string().optional(),
  auto_count: z.int().optional(),
});

const link = z.strictObject({
  title: z.string().min(1),
  type: z.literal('dashboards'),
  icon: z.literal('external link'),
  tooltip: z.string().min(1),
  tags: z.array(z.string()).min(1),
  asDropdown: z.boolean(),
  targetBlank: z.boolean(),
  includeVars: z.boolean(),
  keepTime: z.boolean(),
});

const annotation = z.strictObject({
  name: z.string().min(1),
  datasource: dataSource,
  enable: z.boolean(),
  iconColor: color,
  target,
  titleFormat: z.string(),
  textFormat: z.string(),
});

export const dashboardModel = z.strictObject({
  uid: z.string().regex(/^[a-z0-9-]{8,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  timezone: z.literal('browser'),
  editable: z.boolean(),
  graphTooltip: z.literal(1),
  fiscalYearStartMonth: z.literal(0),
  // What Grafana 13.2 writes itself; an older one it would migrate at every load.
  schemaVersion: z.literal(42),
  version: z.literal(1),
  time: z.strictObject({ from: z.string(), to: z.string() }),
  refresh: z.string(),
  links: z.array(link),
  templating: z.strictObject({ list: z.array(variable) }),
  annotations: z.strictObject({ list: z.array(annotation) }),
  panels: z.array(z.discriminatedUnion('type', [panel, row])).min(1),
});

export type DashboardModel = z.infer<typeof dashboardModel>;
export type PanelModel = z.infer<typeof panel>;
