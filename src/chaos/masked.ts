import { looksSecret } from '../environment/redact.js';
import { isMap } from '../releases/values/values.js';
import { createScrubber } from '../support-bundle/scrub.js';

/**
 * Makes copies without secrets, of the same shape: whatever looks secret in their texts is masked, and so are the
 * secrets that are known by heart. Numbers stay, whatever they are called: they are measured.
 */
export function createMask(secrets: readonly string[]): <T extends object>(content: T) => T {
  const scrubber = createScrubber(secrets);

  function tree(value: unknown, key?: string): unknown {
    if (typeof value === 'string') return key !== undefined && looksSecret(key) ? '***' : scrubber.text(value);
    if (Array.isArray(value)) return value.map((item) => tree(item));
    if (!isMap(value)) return value;
    // Words of tools are keys, too: what failed how often.
    const entries = Object.entries(value).map(([name, inner]) => [scrubber.text(name), tree(inner, name)]);
    return Object.fromEntries(entries) as unknown;
  }

  return <T extends object>(content: T) => tree(content) as T;
}
