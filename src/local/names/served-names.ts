import type { Environment } from '../../environment/environment.js';
import { isMap, mergeValues } from '../../releases/values/values.js';

/** The host names under its domain that an environment's releases speak of, sorted; the domain itself where none does. */
export function hostsOf({ domain, releases }: Pick<Environment, 'domain' | 'releases'>): string[] {
  const name = new RegExp(`([a-z0-9-]+\\.)+${domain.replaceAll('.', '\\.')}(?![\\w.-])`, 'g');
  const hosts = releases.flatMap(({ values }) =>
    textsIn(mergeValues(values)).flatMap((text) => text.match(name) ?? []),
  );
  return hosts.length > 0 ? [...new Set(hosts)].sort() : [domain];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isMap(value) ? Object.values(value).flatMap(textsIn) : [];
}
