import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** Colours that stay apart for every kind of colour blindness (the set of Okabe and Ito). */
export const colors = {
  good: '#0072B2',
  warning: '#E69F00',
  bad: '#D55E00',
  calm: '#56B4E9',
  other: '#CC79A7',
  quiet: '#808080',
} as const;

/** For series that the query names: Grafana's palette for the colour-blind, which the types of the SDK do not know yet. */
export const seriesColor: DynamicConfigValue = { id: 'color', value: { mode: 'palette-colorblind' } };

export const thresholdColor = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);

export const fixedColor = (color: string) => new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor(color);

/** Where a value stops being good, in the unit of its panel. */
export type Levels =
  | { readonly warning?: number; readonly bad?: number }
  /** For what is good when it is high: below `goodFrom` is a warning, below `badBelow` is bad. */
  | { readonly badBelow: number; readonly goodFrom: number };

export const thresholds = (levels: Levels) =>
  new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps(levels));

// A step holds from its value on; the first one, without a value, from the beginning.
function steps(levels: Levels): Threshold[] {
  if ('goodFrom' in levels) {
    return [
      { value: null, color: colors.bad },
      { value: levels.badBelow, color: colors.warning },
      { value: levels.goodFrom, color: colors.good },
    ];
  }
  const { warning, bad } = levels;
  return [
    { value: null, color: colors.good },
    ...(warning === undefined ? [] : [{ value: warning, color: colors.warning }]),
    ...(bad === undefined ? [] : [{ value: bad, color: colors.bad }]),
  ];
}
