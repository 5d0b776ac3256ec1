import { isUtf8 } from 'node:buffer';
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { mebibyte } from '../bytes.js';
import { messageOf, systemCode } from '../errors.js';
import { asset } from '../paths.js';
import { parseValuePath } from '../releases/values/value-path.js';
import type { Values, ValuesLayer } from './environment.js';
import type { Problem } from './problems.js';

/** A whole ConfigMap holds no more. */
const largestBytes = mebibyte;

type Complaint = Pick<Problem, 'message' | 'allowed'>;
type Complain = (what: Complaint) => void;

/**
 * A layer of values for each entry of `files:`, from a path in the values to a folder or a file. Of a folder every file
 * directly in it becomes `<name>: <text>`, without those whose name begins with a dot; of a file its text.
 * @param folder Where relative paths start
 * @param complain Told what is wrong with an entry, by its path in the values
 */
export async function valueFileLayers(
  files: Readonly<Record<string, string>>,
  folder: string,
  complain: (path: string, what: Complaint & Pick<Problem, 'value'>) => void,
): Promise<ValuesLayer[]> {
  const layers = await Promise.all(
    Object.entries(files).map(async ([path, written]): Promise<ValuesLayer[]> => {
      const place = resolve(folder, written);
      const value = await contentOf(place, ({ message, allowed }) => {
        complain(path, {
          message: `${written.replace(/\/+$/, '')}${message}`,
          value: written,
          ...(allowed !== undefined && { allowed }),
        });
      });
      return value === undefined ? [] : [{ origin: `files ${shownAs(place, written)}`, values: valuesAt(path, value) }];
    }),
  );
  return layers.flat();
}

async function contentOf(place: string, complain: Complain): Promise<string | Values | undefined> {
  return explained(complain, async () => {
    const found = await stat(place);
    if (found.isFile()) return textOf(place, found.size, complain);
    if (found.isDirectory()) return textsIn(place, await readdir(place), complain);
    complain({ message: ' is neither a folder nor a file', allowed: 'a folder or a file' });
    return undefined;
  });
}

async function textsIn(folder: string, names: readonly string[], complain: Complain): Promise<Values> {
  const texts: [string, string | undefined][] = [];
  // In turn: problems are told in the order of the names.
  for (const name of [...names].sort()) {
    if (name.startsWith('.')) continue;
    const about: Complain = ({ message, ...what }) => {
      complain({ message: `/${name}${message}`, ...what });
    };
    const file = join(folder, name);
    const found = await explained(about, () => stat(file));
    if (found?.isFile()) texts.push([name, await explained(about, () => textOf(file, found.size, about))]);
  }
  return Object.fromEntries(texts);
}

async function explained<T>(complain: Complain, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT';
    const message = isMissing ? ' does not exist' : ` cannot be read: ${messageOf(error)}`;
    complain({ message, allowed: 'a folder or a file, relative to this file' });
    return undefined;
  }
}

async function textOf(file: string, size: number, complain: Complain): Promise<string | undefined> {
  if (size > largestBytes) {
    complain({ message: ` has ${String(size)} bytes`, allowed: `at most ${String(largestBytes)} (1 MiB) in a file` });
    return undefined;
  }
  const bytes = await readFile(file);
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  complain({ message: ' is not UTF-8', allowed: 'text in the encoding UTF-8' });
  return undefined;
}

function valuesAt(path: string, value: unknown): Values {
  const { keys } = parseValuePath(path);
  return keys.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), value) as Values;
}

// What is shipped with the product is named from its root, which is where people know it from.
function shownAs(place: string, written: string): string {
  const fromRoot = relative(asset(), place);
  return fromRoot.startsWith('..') || isAbsolute(fromRoot) ? written : fromRoot;
}
