import { z } from 'zod';
import { PlatformError } from '../errors.js';
import { number, textMap } from './moments.js';

/** A value at a moment: milliseconds since the epoch. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface Sample extends Point {
  readonly labels: Readonly<Record<string, string>>;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
}

const point = z.tuple([z.number(), number]).transform(([at, value]): Point => ({ at: at * 1000, value }));

export const queryResultSchema = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: textMap, value: point })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ metric: textMap, values: z.array(point) })) }),
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({ resultType: z.literal('string'), result: z.tuple([z.number(), z.string()]) }),
]);
type QueryResult = z.infer<typeof queryResultSchema>;

/** @throws PlatformError `usage` when the expression gives no numbers of one moment */
export function samplesOf(data: QueryResult): readonly Sample[] {
  if (data.resultType === 'vector') return data.result.map(({ metric, value }) => ({ labels: metric, ...value }));
  if (data.resultType === 'scalar') return [{ labels: {}, ...data.result }];
  throw new PlatformError('usage', `the expression gives a ${data.resultType}, not numbers of one moment`);
}

/** @throws PlatformError `usage` when the expression gives no series */
export function seriesOf(data: QueryResult): readonly Series[] {
  if (data.resultType === 'matrix')
    return data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
  throw new PlatformError('usage', `the expression gives a ${data.resultType}, not series`);
}
