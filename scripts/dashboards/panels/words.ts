import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';

/** Words for numbers, so that nobody has to know the colours: `{ 1: 'up', 0: 'DOWN' }`. */
export type Words = Readonly<Record<string, string>>;

export const mappingOf = (words: Words): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(Object.entries(words).map(([value, text], index) => [value, { text, index }])),
});
