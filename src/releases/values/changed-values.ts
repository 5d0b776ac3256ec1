import { isDeepStrictEqual } from 'node:util';
import type { Values } from '../../environment/environment.js';
import type { HelmRecord } from '../helm/helm-record.js';
import { isMap } from './values.js';

/** Paths named before the rest is only counted. */
const named = 3;

export interface WantedInput {
  readonly values: Values;
  /** Absent where the chart's version is not known without opening it. */
  readonly chartVersion?: string;
}

/**
 * Why a release that Helm has installed is to be installed anew, in a few words that name keys and never values:
 * `values changed: replicas, image.tag, env (and 3 more)`, `chart changed: 41.2.0 → 41.3.0`, `chart contents changed`.
 */
export function describeInputChange(
  { chart, config }: Pick<HelmRecord, 'chart' | 'config'>,
  wanted: WantedInput,
): string {
  const installed = chart?.metadata?.version;
  const { chartVersion } = wanted;
  const paths = changedPaths(config ?? {}, wanted.values);
  const reasons = [
    ...(installed !== undefined && chartVersion !== undefined && installed !== chartVersion
      ? [`chart changed: ${installed} → ${chartVersion}`]
      : []),
    ...(paths.length > 0 ? [`values changed: ${listed(paths)}`] : []),
  ];
  return reasons.length > 0 ? reasons.join('; ') : 'chart contents changed';
}

// A map that is new or gone is one change; the keys in it would tell no more.
function changedPaths(given: Values, wanted: Values, path: readonly string[] = []): string[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(given)])];
  return keys.flatMap((key) => {
    const [before, after] = [ownValue(given, key), ownValue(wanted, key)];
    if (isDeepStrictEqual(before, after)) return [];
    const at = [...path, key.replaceAll(/[\\.]/g, '\\$&')];
    return isMap(before) && isMap(after) ? changedPaths(before, after, at) : [at.join('.')];
  });
}

function ownValue(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function listed(paths: readonly string[]): string {
  const more = paths.length - named;
  return paths.slice(0, named).join(', ') + (more > 0 ? ` (and ${String(more)} more)` : '');
}
