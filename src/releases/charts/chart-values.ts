import { parse } from 'yaml';
import type { Values } from '../../environment/environment.js';
import { PlatformError } from '../../errors.js';
import { isMap } from '../values/values.js';

/**
 * Reads a chart's values.yaml as Helm does: `0555` is octal and `yes` is true, but `12:30` and dates are text.
 * @throws PlatformError `usage` when it is not a map
 */
export function parseChartValues(text: string): Values {
  let values: unknown;
  try {
    values = parse(text, {
      ...{ version: '1.1', merge: true, uniqueKeys: false, logLevel: 'error', maxAliasCount: -1 },
      customTags: (tags) =>
        tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'TIME' && !tag.tag.endsWith(':timestamp'))),
    });
  } catch (error) {
    throw new PlatformError('usage', 'the values.yaml of the chart is not YAML', { cause: error });
  }
  if (values === null || values === undefined) return {};
  if (isMap(values)) return values;
  throw new PlatformError('usage', 'the values.yaml of the chart is not a map of values');
}
