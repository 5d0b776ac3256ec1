import { TooltipDisplayMode } from '@grafana/grafana-foundation-sdk/common';
import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  HeatmapTooltipBuilder,
  PanelBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import { type Looks, dress } from './looks.js';

/** A histogram over time: each column is a moment, each cell a bucket; `unit` is that of the bounds of the buckets. */
export const heatmap = (title: string, looks: Looks) =>
  dress(new PanelBuilder(), title, { height: 8, ...looks })
    // The buckets are there, they need not be made.
    .calculate(false)
    // Grows lighter evenly, which everybody can order.
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Viridis').steps(64).exponent(0.5))
    .yAxis(new YAxisConfigBuilder().unit(looks.unit))
    .tooltip(new HeatmapTooltipBuilder().mode(TooltipDisplayMode.Single).yHistogram(true).showColorScale(true));
