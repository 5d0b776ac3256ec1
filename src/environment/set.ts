import { isScalar, parseDocument } from 'yaml';
import { phraseOf } from './phrase.js';
import { parseValuePath } from '../releases/values/value-path.js';
import { ambiguity } from './ambiguous.js';
import type { Release, Values, ValuesLayer } from './environment.js';
import { nearest } from '../nearest.js';
import { switchOn } from './parts.js';
import type { Problem, Report } from './problems.js';
import type { ResolvedReleases } from './releases.js';

/** One `--set release.path.to.key=value`. */
interface Setting {
  readonly release: string;
  readonly values: Values;
}

/**
 * Adds the values of `--set` flags as the strongest layers, the last flag winning. Values are typed as in YAML; lists
 * are written `[a, b]` and replace what was there; a dot in a key is escaped by a backslash; `null` deletes.
 */
export function withSettings(
  { releases, names, off }: Omit<ResolvedReleases, 'namespaces'>,
  flags: readonly string[],
  report: Report,
): Release[] {
  const settings = flags.flatMap((flag) => {
    const complain = (column: number, what: Pick<Problem, 'message' | 'value' | 'allowed' | 'suggestion'>) => {
      report({ file: '--set', line: 1, column, path: '', ...what });
    };
    const setting = parseSetting(flag, complain);
    if (!setting || names.includes(setting.release)) return setting ? [setting] : [];
    const meant = nearest(setting.release, names);
    const [suggestion] = [...switchOn(setting.release, off), ...(meant ? [`did you mean ${meant}?`] : [])];
    complain(1, {
      message: `there is no release ${setting.release} in this environment: ${flag}`,
      value: setting.release,
      allowed: names.join(', '),
      ...(suggestion && { suggestion }),
    });
    return [];
  });
  return releases.map((release) => ({ ...release, values: [...release.values, ...layersFor(release.name, settings)] }));
}

function layersFor(release: string, settings: readonly Setting[]): ValuesLayer[] {
  return settings.flatMap((setting) =>
    setting.release === release ? [{ origin: '--set', values: setting.values }] : [],
  );
}

type Complain = (column: number, what: Pick<Problem, 'message' | 'value' | 'allowed' | 'suggestion'>) => void;

const form = 'release.key=value; dots in keys as \\., lists as [a, b]';

function parseSetting(flag: string, complain: Complain): Setting | undefined {
  const { keys, rest } = parseValuePath(flag);
  const [release = '', ...path] = keys;
  if (rest === undefined || path.length === 0 || keys.includes('')) {
    complain(1, { message: `${JSON.stringify(flag)} does not set a value of a release`, value: flag, allowed: form });
    return undefined;
  }
  if (path.some((key) => /\[\d*\]$/.test(key))) {
    const suggestion = 'lists are replaced as a whole: key=[a, b]';
    complain(1, { message: `${flag} sets one item of a list`, value: flag, allowed: form, suggestion });
    return undefined;
  }
  const parsed = valueOf(rest);
  if ('message' in parsed) {
    complain(flag.length - rest.length + 1, { ...parsed, message: `${flag}: ${parsed.message}` });
    return undefined;
  }
  const values = path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), parsed.value);
  return { release, values: values as Values };
}

// What YAML cannot read as a scalar or a list in brackets is text: --set portal.motd='welcome: friends'.
function valueOf(text: string): { value: unknown } | { message: string; value: unknown; allowed?: string } {
  if (text === '') return { value: '' };
  const document = parseDocument(text, { prettyErrors: false, resolveKnownTags: false, logLevel: 'silent' });
  const { contents, errors } = document;
  if (/^\s*[[{"']/.test(text)) {
    const [error] = errors;
    if (error) return { message: phraseOf(error.message), value: text };
    return { value: document.toJS() as unknown };
  }
  if (errors.length > 0 || !isScalar(contents) || contents.tag !== undefined) return { value: text };
  if (contents.type !== 'PLAIN' || contents.source !== text.trim()) return { value: text };
  return ambiguity(contents) ?? { value: contents.value };
}
