import { z } from 'zod';
import { nearest } from '../nearest.js';
import { formatPath, formatValue, isSecretPlace, type Path, type Problem } from './problems.js';
import { keysAt } from './schema-keys.js';
import type { Source } from './source.js';

/** Messages of our schemas say what is allowed; this says it where a schema has no words of its own. */
export const allowedInWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return typesInWords[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return listed(issue.values);
    case 'too_small':
      return `at least ${String(issue.minimum)}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}`;
    default:
      return undefined;
  }
};

const typesInWords: Readonly<Record<string, string>> = {
  string: 'text (numbers and the like in quotes)',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

/** Turns what a schema found into problems with a place in the source, one for each thing to correct. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], source: Source, schema: z.ZodType): Problem[] {
  return issues.flatMap((issue) => {
    const path = pathOf(issue.path);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, source, schema));
    if (issue.code === 'invalid_key') return [badName(issue, path, source)];
    if (issue.code === 'invalid_union') {
      const branch = branchOf(issue.errors);
      if (branch) {
        return problemsOf(
          branch.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })),
          source,
          schema,
        );
      }
    }
    return [badValue(issue, path, source)];
  });
}

/** The value at a path of plain data. */
export function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      typeof current === 'object' && current !== null && Object.hasOwn(current, part)
        ? (current as Record<string | number, unknown>)[part]
        : undefined,
    data,
  );
}

function unknownKey(key: string, parent: Path, source: Source, schema: z.ZodType): Problem {
  const known = keysAt(schema, parent);
  const meant = nearest(key, known);
  return source.problem([...parent, key], 'key', {
    message: `${formatPath([...parent, key])} is not a key this file can have`,
    value: key,
    allowed: known.join(', '),
    ...(meant && { suggestion: `did you mean ${meant}?` }),
  });
}

function badName(issue: z.core.$ZodIssueInvalidKey, path: Path, source: Source): Problem {
  const key = path.at(-1);
  return source.problem(path, 'key', {
    message: `${JSON.stringify(key)} cannot be a name under ${formatPath(path.slice(0, -1))}`,
    value: key,
    allowed: issue.issues.map(({ message }) => message).join(', '),
  });
}

function badValue(issue: z.core.$ZodIssue, path: Path, source: Source): Problem {
  const value = valueAt(source.value, path);
  const name = formatPath(path) || 'the file';
  const meant = issue.code === 'invalid_value' ? nearest(String(value), issue.values.map(String)) : undefined;
  const written = isSecretPlace(path) ? '…' : source.written(path);
  const suggestion = meant ? `did you mean ${meant}?` : rewritten(issue, value, written);
  return source.problem(path, 'value', {
    message: value === undefined ? `${name} is missing` : `${name} is ${formatValue(value, path)}`,
    ...(value !== undefined && { value: formatValue(value, path) === '***' ? '***' : value }),
    allowed: issue.message,
    ...(suggestion && { suggestion }),
  });
}

// An unquoted 1.30 is the number 1.3, and an account may begin with 0: only the text in the file is what was meant.
function rewritten(issue: z.core.$ZodIssue, value: unknown, written: string): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.expected === 'string' && ['number', 'boolean'].includes(typeof value)) return `write it as "${written}"`;
  if (issue.expected === 'boolean' && typeof value === 'string') {
    if (/^(y|yes|on|true)$/i.test(value)) return 'write it as true';
    if (/^(n|no|off|false)$/i.test(value)) return 'write it as false';
  }
  return undefined;
}

// The alternative of the right type is the one that was meant; what it says is more useful than both together.
function branchOf(errors: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  return (
    errors.find((issues) => !issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0)) ?? errors[0]
  );
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((part) => (typeof part === 'number' ? part : String(part)));
}

function listed(values: readonly unknown[]): string {
  return values.map(String).join(', ');
}
