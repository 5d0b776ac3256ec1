import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { fixedColor, thresholdColor, thresholds } from '../colors.js';
import { type Looks, dress } from './looks.js';
import { type Words, mappingOf } from './words.js';

interface StatLooks extends Looks {
  readonly words?: Words;
  /** With the course of the value behind it. */
  readonly course?: boolean;
  /** With the name of each series; else the value alone. */
  readonly named?: boolean;
}

/** The present value, large. */
export function stat(title: string, looks: StatLooks): PanelBuilder {
  const panel = dress(new PanelBuilder(), title, { height: 4, ...looks })
    .colorScheme(looks.levels ? thresholdColor() : fixedColor('text'))
    .colorMode(looks.levels ? BigValueColorMode.BackgroundSolid : BigValueColorMode.Value)
    .graphMode(looks.course ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .textMode(looks.named ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false));
  if (looks.levels) panel.thresholds(thresholds(looks.levels));
  if (looks.words) panel.mappings([mappingOf(looks.words)]);
  return panel;
}
