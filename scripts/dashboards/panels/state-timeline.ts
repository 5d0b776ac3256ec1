import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { type Levels, thresholdColor, thresholds } from '../colors.js';
import { type Looks, dress } from './looks.js';
import { type Words, mappingOf } from './words.js';

interface StateTimelineLooks extends Looks {
  readonly levels: Levels;
  readonly words: Words;
}

/** One bar for each series, in pieces of the states it was in. */
export const stateTimeline = (title: string, looks: StateTimelineLooks) =>
  dress(new PanelBuilder(), title, { height: 8, ...looks })
    .colorScheme(thresholdColor())
    .thresholds(thresholds(looks.levels))
    .mappings([mappingOf(looks.words)])
    .mergeValues(true)
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.8)
    .fillOpacity(80)
    .lineWidth(0);
