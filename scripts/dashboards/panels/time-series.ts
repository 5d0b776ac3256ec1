import {
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  LineInterpolation,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { fixedColor, seriesColor, thresholds } from '../colors.js';
import { type Looks, dress } from './looks.js';

interface Mark {
  readonly color: string;
  readonly line: 'solid' | 'dash' | 'dot';
}

interface TimeSeriesLooks extends Looks {
  /** One on top of the other: for parts of a whole. */
  readonly stacked?: boolean;
  /** For numbers that change in steps, such as replicas. */
  readonly steps?: boolean;
  /** Series that keep a colour and, to be told apart without it, a line of their own; by regular expression. */
  readonly marked?: Readonly<Record<string, Mark>>;
}

/** Lines over time, with the last and the highest value of each in the legend. */
export function timeSeries(title: string, looks: TimeSeriesLooks): PanelBuilder {
  const panel = dress(new PanelBuilder(), title, { height: 8, min: 0, ...looks })
    .overrideByRegexp('.*', [seriesColor])
    .lineWidth(2)
    .fillOpacity(looks.stacked ? 40 : 8)
    .lineInterpolation(looks.steps ? LineInterpolation.StepAfter : LineInterpolation.Linear)
    .showPoints(VisibilityMode.Never)
    .legend(legend())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (looks.stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (looks.levels) {
    panel
      .thresholds(thresholds(looks.levels))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  for (const [series, { color, line }] of Object.entries(looks.marked ?? {})) {
    panel.overrideByRegexp(series, [
      { id: 'color', value: fixedColor(color).build() },
      { id: 'custom.lineStyle', value: lineStyles[line] },
    ]);
  }
  return panel;
}

const legend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .showLegend(true)
    .calcs(['lastNotNull', 'max']);

const lineStyles = {
  solid: { fill: 'solid' },
  dash: { fill: 'dash', dash: [10, 10] },
  dot: { fill: 'dot', dash: [0, 10] },
};
