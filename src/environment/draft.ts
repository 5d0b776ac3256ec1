import type { z } from 'zod';
import { isMap } from '../releases/values/values.js';
import { allowedInWords, problemsOf } from './issues.js';
import { formatPath, type Path, type Report } from './problems.js';
import { reportAmbiguous } from './ambiguous.js';
import type { blueprintSchema, EnvironmentFile, environmentFileSchema } from './schema.js';
import type { Source } from './source.js';

/** All keys of an environment file, each absent where it is not there or not valid. */
export type DraftContent = { readonly [K in keyof EnvironmentFile]?: EnvironmentFile[K] | undefined };

/** What a file says, as far as it is valid, and where it is not: later checks stay silent about those places. */
export interface Draft {
  readonly source: Source;
  readonly content: DraftContent;
  /** Reports something wrong in this file. */
  readonly report: Report;
  /** True when something wrong was already reported at, above or below a path. */
  isReported(path: Path): boolean;
}

/** Checks a file against its schema, reports everything it does not allow, and keeps the rest. */
export function draftOf(
  source: Source,
  schema: typeof environmentFileSchema | typeof blueprintSchema,
  report: Report,
): Draft {
  const reported: string[] = [];
  const noted: Report = (problem) => {
    reported.push(problem.path);
    report(problem);
  };
  const check = (data: unknown, checked: z.ZodType<DraftContent>) => checked.safeParse(data, { error: allowedInWords });

  reportAmbiguous(source, isInValues, noted);
  const first = schema.safeParse(source.value, { error: allowedInWords });
  if (!first.success) problemsOf(first.error.issues, source, schema).forEach(noted);

  // What was reported is taken out, so that the rest can still be checked further.
  let data: unknown = source.value;
  let result = check(data, schema.partial());
  while (!result.success) {
    data = result.error.issues.reduce<unknown>((rest, issue) => without(rest, issue), data);
    result = check(data, schema.partial());
  }
  return {
    source,
    content: result.data,
    report: noted,
    isReported: (path) =>
      reported.some((other) => isWithin(other, formatPath(path)) || isWithin(formatPath(path), other)),
  };
}

/** Paths of Helm values, where Helm's reading of YAML counts. */
function isInValues(path: Path): boolean {
  const [section, , key, inner, innermost] = path;
  if (section !== 'releases') return false;
  const isOverlay =
    ((key === 'local' || key === 'aws') && inner === 'values') || (key === 'parts' && innermost === 'values');
  return key === 'values' || isOverlay;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function without(data: unknown, issue: z.core.$ZodIssue): unknown {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.reduce<unknown>((rest, key) => replaced(rest, [...path, key], undefined), data);
  }
  // A release that is all wrong stays as an empty one: others may rightly need it.
  const isRelease = path[0] === 'releases' && path.length === 2 && issue.code !== 'invalid_key';
  return replaced(data, path, isRelease ? null : undefined) ?? {};
}

// `undefined` takes the value out; where it is missing in the first place, what lacks it goes.
function replaced(data: unknown, path: Path, by: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return by;
  if (Array.isArray(data)) {
    return data.flatMap((item: unknown, index) => {
      const kept = index === part ? replaced(item, rest, by) : item;
      return kept === undefined ? [] : [kept];
    });
  }
  if (!isMap(data) || !Object.hasOwn(data, part)) return undefined;
  return Object.fromEntries(
    Object.entries(data)
      .map(([key, value]) => [key, key === String(part) ? replaced(value, rest, by) : value] as const)
      .filter(([, value]) => value !== undefined),
  );
}
