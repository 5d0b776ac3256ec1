import { looksSecret, redact, redactText } from '../environment/redact.js';
import { isMap } from '../releases/values/values.js';

const mask = '***';

/** Takes secrets out of what leaves this machine. */
export interface Scrubber {
  text(text: string): string;
  /** Also by the names of its keys. */
  tree(tree: unknown): unknown;
  /** JSON documents, one a line, as a journal has them. */
  jsonLines(text: string): string;
}

/** A scrubber that besides everything that looks secret also knows these secrets by heart, in clear and in base64. */
export function createScrubber(secrets: readonly string[]): Scrubber {
  // The longest first: one secret may be a part of another.
  const known = secrets
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64'), JSON.stringify(secret).slice(1, -1)])
    .sort((a, b) => b.length - a.length);

  function text(value: string): string {
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, mask), value);
    return redactText(withoutKnown)
      .replaceAll(/\b(Bearer|Basic)\s+[-\w.~+/]{6,}=*/gi, `$1 ${mask}`)
      .replaceAll(/--?([-\w]+)\s+(?!-)\S+/g, (whole, flag: string) => (looksSecret(flag) ? `--${flag} ${mask}` : whole))
      .replaceAll(/LS0tLS1CRUdJTi[\w+/]+=*/g, mask);
  }

  const inTree = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(inTree);
    return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inTree(inner)])) : value;
  };
  const tree = (value: unknown) => inTree(redact({ tree: value })['tree']);

  const jsonLine = (line: string): string => {
    try {
      return JSON.stringify(tree(JSON.parse(line)));
    } catch {
      return text(line);
    }
  };

  return { text, tree, jsonLines: (lines) => lines.split('\n').map(jsonLine).join('\n') };
}
