import type { Environment, Values } from '../environment/environment.js';
import { looksSecret, redact } from '../environment/redact.js';
import { isMap, mergeValues } from '../releases/values/values.js';

/** What is shorter, or a word as people use it, stands in too many other places; a path only leads to a secret. */
const tooCommon = /^.{0,7}$|^[a-z]{0,11}$|^\//is;

/**
 * Secrets that are written out in the environment's file or values, or in the user's variables. Whatever tool repeats one, in
 * an error message or a log, is not to give it away.
 */
export function knownSecrets(
  { name, domain, releases, secrets }: Pick<Environment, 'name' | 'domain' | 'releases' | 'secrets'>,
  variables: Readonly<Record<string, string | undefined>>,
): string[] {
  const words = new Set([name, domain, ...releases.flatMap((release) => [release.name, release.namespace])]);
  const values = releases.map((release) => mergeValues(release.values));
  const sources = Object.values(secrets).flatMap(({ keys }) => Object.values(keys));
  const read = new Set(sources.flatMap((source) => ('env' in source ? [source.env] : [])));
  const found = [
    ...sources.flatMap((source) => ('value' in source ? [source.value] : [])),
    ...values.flatMap((tree) => maskedIn(tree, redact(tree))),
    ...Object.entries(variables).flatMap(([key, value]) =>
      value !== undefined && (looksSecret(key) || read.has(key)) ? [value] : [],
    ),
  ];
  return [...new Set(found)].filter((secret) => !tooCommon.test(secret) && !words.has(secret));
}

/** The texts that are in a tree and no longer in its redacted copy. */
function maskedIn(value: unknown, redacted: unknown): string[] {
  if (typeof value === 'string') return value === redacted ? [] : [value];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => maskedIn(item, Array.isArray(redacted) ? redacted[index] : undefined));
  }
  if (!isMap(value)) return [];
  const copy: Values = isMap(redacted) ? redacted : {};
  return Object.entries(value).flatMap(([key, inner]) => maskedIn(inner, copy[key]));
}
