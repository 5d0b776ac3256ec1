/*
 * How a command line wants to be answered. Asked before its flags are parsed, and when parsing them failed, so the words
 * are looked at as they are.
 */

/** Text for people, one JSON document, or the events as they happen with the document last. */
export const outputs = ['text', 'json', 'ndjson'] as const;
export type Output = (typeof outputs)[number];

type Words = readonly string[];
type Variables = Readonly<Record<string, string | undefined>>;

/** By `--json`, `--output` or PLATFORM_OUTPUT; text where they say something that is no output. */
export function outputOf(words: Words, variables: Variables): Output {
  const flags = beforeEnd(words);
  if (flags.includes('--json')) return 'json';
  const joined = flags.findLast((word) => word.startsWith('--output='))?.slice('--output='.length);
  const index = flags.lastIndexOf('--output');
  const wanted = joined ?? (index >= 0 ? flags[index + 1] : undefined) ?? variables['PLATFORM_OUTPUT'];
  return outputs.find((output) => output === wanted) ?? 'text';
}

/** By `--color`, PLATFORM_COLOR, NO_COLOR, FORCE_COLOR or, where none says anything, by what the text goes to. */
export function wantsColor(words: Words, variables: Variables, stream: { readonly isTTY?: boolean }): boolean {
  const flags = beforeEnd(words);
  if (flags.includes('--no-color')) return false;
  if (flags.includes('--color')) return true;
  if (variables['PLATFORM_COLOR'] !== undefined) return isOn(variables['PLATFORM_COLOR']);
  if (variables['NO_COLOR']) return false;
  if (isOn(variables['FORCE_COLOR'])) return true;
  return stream.isTTY === true && variables['TERM'] !== 'dumb';
}

/** By `--verbose`, `-v` (also among other letters, `-nv`) or PLATFORM_VERBOSE. */
export function isVerbose(words: Words, variables: Variables): boolean {
  return (
    beforeEnd(words).some((word) => word === '--verbose' || /^-n*vn*$/.test(word)) ||
    isOn(variables['PLATFORM_VERBOSE'])
  );
}

function beforeEnd(words: Words): Words {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}
