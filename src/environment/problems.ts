import { PlatformError } from '../errors.js';
import { looksSecret } from './redact.js';

/** One thing that is wrong in a file or a flag, and where. */
export interface Problem {
  /** As a person would name it from where they are; `--set` for a flag. */
  readonly file: string;
  /** From 1; in UTF-16 code units, as editors count. */
  readonly line: number;
  readonly column: number;
  /** `releases.auth.needs[0]`; empty for the whole file. */
  readonly path: string;
  /** A lowercase phrase that names the thing and the wrong value. */
  readonly message: string;
  readonly value?: unknown;
  readonly allowed?: string;
  readonly suggestion?: string;
  /** The line of the file with a caret line below it. */
  readonly excerpt?: string;
}

export type Path = readonly (string | number)[];

/** Takes in problems as they are found, so that all of them are told at once. */
export type Report = (problem: Problem) => void;

/** `releases.auth.needs[0]`, keys that are no plain words in brackets. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${String(part)}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** A wrong value for people: short, quoted like JSON, masked where its key looks secret. */
export function formatValue(value: unknown, path: Path = []): string {
  if (isSecretPlace(path)) return '***';
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** True for a place in an environment file at which, or below which, there may be a secret. */
export function isSecretPlace(path: Path): boolean {
  const [section, , field, , source] = path;
  if (section !== 'secrets') return path.some((part) => typeof part === 'string' && looksSecret(part));
  const harmless = field === 'keys' ? ['generate', 'env', 'file'] : ['namespace', 'part'];
  return !harmless.includes(String(field === 'keys' ? source : field));
}

/** One error for all problems: a readable list as its output, the same as data in `facts.problems`. */
export function problemsError(problems: readonly Problem[]): PlatformError {
  const sorted = [...problems].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.path.localeCompare(b.path),
  );
  const files = [...new Set(sorted.map(({ file }) => file))];
  const count = sorted.length === 1 ? '1 problem' : `${String(sorted.length)} problems`;
  return new PlatformError('usage', `found ${count} in ${files.join(', ')}`, {
    output: sorted.map(formatProblem).join('\n\n'),
    facts: { problems: sorted.map((problem) => ({ ...problem, excerpt: undefined })) },
  });
}

function formatProblem(problem: Problem): string {
  const { file, line, column, message, allowed, suggestion, excerpt } = problem;
  const where = file.startsWith('--') ? file : `${file}:${String(line)}:${String(column)}`;
  const advice = [allowed && `allowed: ${allowed}`, suggestion].filter(Boolean).join('; ');
  return [`${where}  ${message}`, excerpt, advice && `    ${advice}`].filter(Boolean).join('\n');
}
