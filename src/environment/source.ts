import { isUtf8 } from 'node:buffer';
import { access, readFile } from 'node:fs/promises';
import { isScalar, LineCounter, parseAllDocuments, type Document } from 'yaml';
import { messageOf, PlatformError, systemCode } from '../errors.js';
import { checkAliases } from './aliases.js';
import { excerptOf } from './excerpt.js';
import { locate, type Range } from './locate.js';
import { phraseOf } from './phrase.js';
import { formatPath, type Path, type Problem, type Report } from './problems.js';
import { withoutSecretTexts } from './secret-texts.js';

/** A YAML file that was read, and can say where each of its values stands. */
export interface Source {
  /** As a person would name it: relative to where they are, if it is below. */
  readonly name: string;
  readonly document: Document;
  readonly value: unknown;
  /** A problem with the value, or the key, at a path; the nearest thing that exists is pointed at. */
  problem(path: Path, part: 'key' | 'value', what: Omit<Problem, 'file' | 'line' | 'column' | 'path'>): Problem;
  /** The text of the value at a path, as it is written. */
  written(path: Path): string;
}

/**
 * Reads one YAML document. Problems with its form (encoding, syntax, duplicate keys) go to `report`; `undefined` when
 * they leave nothing to go on with.
 * @throws PlatformError `usage` when the file cannot be read at all.
 */
export async function readSource(path: string, name: string, report: Report): Promise<Source | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const [why, suggestion] = reasons[systemCode(error) ?? ''] ?? ['cannot be read'];
    const suggestions = suggestion === undefined ? [] : [suggestion];
    throw new PlatformError('usage', `${name} ${why}`, { cause: error, suggestions });
  }
  return parseSource(decoded(bytes, name, report), name, report);
}

/** {@link readSource} for a file that may be absent. */
export async function readOptionalSource(path: string, name: string, report: Report): Promise<Source | undefined> {
  try {
    await access(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
  }
  return readSource(path, name, report);
}

const reasons: Readonly<Record<string, readonly [string, string?]>> = {
  ENOENT: ['does not exist', '`platform init` writes an environment file to start from'],
  EISDIR: ['is a folder, not a file', 'name the file in it, usually platform.yaml'],
  EACCES: ['may not be read by this user'],
};

// TextDecoder drops a byte order mark; a file in another encoding is told apart by its first impossible byte.
function decoded(bytes: Buffer, name: string, report: Report): string | undefined {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    if (!isUtf8(bytes.subarray(start, end))) break;
    start = end;
  }
  report({
    ...{ file: name, line, column: 1, path: '', message: 'the text is not UTF-8' },
    suggestion: 'save the file in the encoding UTF-8',
  });
  return undefined;
}

// Tags such as !!binary make values that JSON, and so Helm, does not have.
const parsing = { prettyErrors: false, merge: true, stringKeys: true, resolveKnownTags: false } as const;

function parseSource(text: string | undefined, name: string, report: Report): Source | undefined {
  if (text === undefined) return undefined;
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { ...parsing, lineCounter: lines });
  const documents: readonly Document[] = [...parsed].filter((candidate) => !isEmpty(candidate));
  const showable = withoutSecretTexts(text, documents);

  const problem = (
    [start, end]: Range,
    path: Path,
    what: Omit<Problem, 'file' | 'line' | 'column' | 'path'>,
  ): Problem => {
    const { line, col: column } = lines.linePos(start);
    const excerpt = excerptOf(showable, line, column, end - start);
    return { file: name, line, column, path: formatPath(path), ...what, ...(excerpt && { excerpt }) };
  };

  const [document, second] = documents;
  if (!document) {
    report(
      problem([0, 0], [], { message: 'the file is empty', suggestion: '`platform init` writes one to start from' }),
    );
    return undefined;
  }
  if (second) {
    const range = second.contents?.range ?? [0, 0];
    report(
      problem([range[0], range[1]], [], {
        message: 'a second YAML document starts here',
        allowed: 'one document in a file',
      }),
    );
  }
  if (document.directives?.yaml.version === '1.1') {
    report(
      problem([0, 0], [], {
        message: 'the file asks to be read as YAML 1.1',
        allowed: 'YAML 1.2, without a directive',
      }),
    );
    return undefined;
  }
  const complaints = [...document.errors, ...document.warnings];
  for (const { message, pos, code } of complaints) {
    report(problem(pos, [], { message: code === 'DUPLICATE_KEY' ? duplicateKey(text, pos) : phraseOf(message) }));
  }
  const aliases = text.includes('*') ? checkAliases(document) : [];
  for (const { range, message } of aliases) report(problem(range, [], { message }));
  if (complaints.some(({ code }) => code !== 'DUPLICATE_KEY') || aliases.length > 0) return undefined;

  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    // Aliases of aliases of aliases: a "billion laughs" document.
    report(problem([0, 0], [], { message: phraseOf(messageOf(error)) }));
    return undefined;
  }
  return {
    name,
    document,
    value,
    problem: (path, part, what) => problem(locate(document, path, part), path, what),
    written: (path) => text.slice(...locate(document, path, 'value')),
  };
}

// After a closing mark the parser sees another document, whose content is a null that nobody wrote.
function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.source === ''));
}

function duplicateKey(text: string, [start]: Range): string {
  const key = /^[^\s:#,{}]+/.exec(text.slice(start))?.[0] ?? '';
  return `the key ${key} is written twice in the same map`;
}
