import { PlatformError } from '../errors.js';

/** What a label has to be, as routes, silences and inhibitions say it; a label that is not there is an empty one. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** The labels of an alert that need not exist yet. */
export interface PartialLabels {
  readonly known: Readonly<Record<string, string>>;
  /** Whether it has no others: then one that is not known is not there. */
  readonly isComplete: boolean;
}

export type Certainty = 'yes' | 'maybe' | 'no';

/** Whether a matcher takes these labels; `maybe` where it asks for one that nobody knows yet. */
export function matchOf({ name, value, isRegex, isEqual }: Matcher, { known, isComplete }: PartialLabels): Certainty {
  const label = known[name] ?? (isComplete ? '' : undefined);
  if (label === undefined) return 'maybe';
  if (!isRegex) return (label === value) === isEqual ? 'yes' : 'no';
  const pattern = patternOf(value);
  if (!pattern) return 'maybe';
  return pattern.test(label) === isEqual ? 'yes' : 'no';
}

/** Whether all of them do; none at all take everything. */
export function matchOfAll(matchers: readonly Matcher[], labels: PartialLabels): Certainty {
  return allOf(matchers.map((matcher) => matchOf(matcher, labels)));
}

export function allOf(certainties: readonly Certainty[]): Certainty {
  if (certainties.includes('no')) return 'no';
  return certainties.includes('maybe') ? 'maybe' : 'yes';
}

/** What Go's regular expressions have and JavaScript's have not, or mean otherwise. */
const onlyInGo = /\[\[:|\\[pPAzQCa]|\\x\{|\(\?[imsU-]+[:)]/;

/** The pattern for the whole of a value; `undefined` for one that only Go reads, which Alertmanager has accepted. */
function patternOf(value: string): RegExp | undefined {
  const [flagged = '', flags = ''] = /^\(\?([ims]+)\)/.exec(value) ?? [];
  const text = value.slice(flagged.length).replaceAll('(?P<', '(?<');
  if (onlyInGo.test(text)) return undefined;
  try {
    return new RegExp(`^(?:${text})$`, [...new Set(flags)].join(''));
  } catch {
    return undefined;
  }
}

/**
 * Reads matchers as Alertmanager does where it is not told otherwise: by its old syntax, and what that refuses by the
 * one of UTF-8 (`"foo.bar"="x"`). Where both read a text differently, Alertmanager takes the old one, too.
 * @throws PlatformError `tool` for what neither reads
 */
export function parseMatchers(text: string): readonly Matcher[] {
  const matchers = classicMatchers(text) ?? quotedMatchers(text);
  if (matchers) return matchers;
  throw new PlatformError('tool', `${JSON.stringify(text)} is no matcher of labels`, {
    suggestions: ['write it as `severity="critical"`, with =, !=, =~ or !~'],
  });
}

function classicMatchers(text: string): readonly Matcher[] | undefined {
  const inner = text.replace(/^\{/, '').replace(/\}$/, '');
  const parts = inner.match(/(?:"(?:\\[^]|[^"\\])*"|\\[^]|[^,"\\]|\\$)+|"|,/g) ?? [];
  const found = parts.filter((part) => part !== ',' && part.trim() !== '').map(classicMatcher);
  const matchers = found.filter((matcher) => matcher !== undefined);
  return matchers.length === found.length ? matchers : undefined;
}

function classicMatcher(text: string): Matcher | undefined {
  const [, name, operator, raw] = /^\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*([^]*?)\s*$/.exec(text) ?? [];
  if (name === undefined || operator === undefined || raw === undefined) return undefined;
  const [, quoted, bare] = /^(?:"((?:\\[^]|[^"\\])*)"|((?:\\[^]|[^"\\])*\\?))$/.exec(raw) ?? [];
  const value = quoted ?? bare;
  // A backslash before anything else is one.
  return value === undefined ? undefined : matcherOf(name, operator, value.replace(/\\([n"\\])/g, unescaped));
}

function unescaped(_: string, character: string): string {
  return character === 'n' ? '\n' : character;
}

const token = /"(?:\\[^]|[^"\\])*"|[^\s{}!=~,\\"'`]+/.source;
const quotedMatcher = new RegExp(`^\\s*(${token})\\s*(=~|=|!=|!~)\\s*(${token})\\s*`);

function quotedMatchers(text: string): readonly Matcher[] | undefined {
  const [, braced] = /^\s*\{([^]*)\}\s*$/.exec(text) ?? [];
  let rest = braced ?? text;
  const matchers: Matcher[] = [];
  while (rest.trim() !== '') {
    const [whole, name, operator, value] = quotedMatcher.exec(rest) ?? [];
    if (whole === undefined || name === undefined || operator === undefined || value === undefined) return undefined;
    rest = rest.slice(whole.length);
    if (rest !== '' && !rest.startsWith(',')) return undefined;
    rest = rest.slice(1);
    const [label, wanted] = [unquoted(name), unquoted(value)];
    if (label === undefined || wanted === undefined) return undefined;
    matchers.push(matcherOf(label, operator, wanted));
  }
  return matchers;
}

// Go's quoted texts are those of JSON, but for escapes that nobody needs in a label.
function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function matcherOf(name: string, operator: string, value: string): Matcher {
  return { name, value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') };
}
