import { isMap } from '../releases/values/values.js';
import type { Values } from './environment.js';

/**
 * Puts the environment's own words into all strings of a tree: `{domain}`, `{environment}`. Shell's `${domain}` and
 * templates' `{{ domain }}` are left alone, and so is every other word in braces.
 */
export function substitute(values: Values, words: Readonly<Record<'domain' | 'environment', string>>): Values {
  const inText = (text: string) =>
    text.replaceAll(/(?<![{$])\{(domain|environment)\}(?!\})/g, (_, word: keyof typeof words) => words[word]);
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return inText(value);
    if (Array.isArray(value)) return value.map(inValue);
    return isMap(value) ? substitute(value, words) : value;
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, inValue(value)]));
}
