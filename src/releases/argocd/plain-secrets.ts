import { isDeepStrictEqual } from 'node:util';
import type { Release } from '../../environment/environment.js';
import { redact } from '../../environment/redact.js';
import { PlatformError } from '../../errors.js';
import { valuePath } from '../values/value-path.js';
import { isMap, mergeValues } from '../values/values.js';

/**
 * Refuses to write secrets down: values that {@link redact} would mask. References such as `{secret: name/key}` are
 * fine.
 * @param plain Values that look secret and are not, as `release.path.to.key`.
 * @throws PlatformError `usage` that names every such value, or an entry of `plain` that names none
 */
export function refusePlainSecrets(releases: readonly Release[], plain: readonly string[]): void {
  const found = releases.flatMap(({ name, values }) => {
    const merged = mergeValues(values);
    return maskedPaths(merged, redact(merged), []).map((path) => valuePath([name, ...path]));
  });
  const mistaken = plain.find((path) => !found.includes(path));
  if (mistaken !== undefined) {
    throw new PlatformError('usage', `${mistaken} is no value that looks secret`, {
      suggestions: [found.length > 0 ? `these look secret: ${found.join(', ')}` : 'nothing looks secret here'],
    });
  }
  const secrets = found.filter((path) => !plain.includes(path));
  const [first] = secrets;
  if (first === undefined) return;
  const more = secrets.length > 1 ? ` (and ${String(secrets.length - 1)} more)` : '';
  throw new PlatformError('usage', `${first} looks like a secret, which must not be in a git repository${more}`, {
    output: secrets.join('\n'),
    suggestions: [
      'name a Secret of the cluster instead: {secret: name/key} for the chart service, existingSecret or the like for others',
      `leave it out here: --set ${first}=null`,
      `if it is none, say so: --plain ${first}`,
    ],
    facts: { values: secrets },
  });
}

function maskedPaths(value: unknown, shown: unknown, path: readonly (string | number)[]): (string | number)[][] {
  if (isDeepStrictEqual(value, shown)) return [];
  if (isMap(value) && isMap(shown)) {
    return Object.entries(value).flatMap(([key, inner]) => maskedPaths(inner, shown[key], [...path, key]));
  }
  if (Array.isArray(value) && Array.isArray(shown)) {
    return value.flatMap((inner: unknown, index) => maskedPaths(inner, shown[index], [...path, index]));
  }
  return [[...path]];
}
