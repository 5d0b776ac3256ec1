import { isDeepStrictEqual } from 'node:util';

/** One step into an object: a key of a map, or an item of a list. */
export type PathPart = string | ListItem;

export interface ListItem {
  readonly index: number;
  /** The field that tells the items of this list apart, and its value in this item; absent where only the place does. */
  readonly key?: { readonly field: string; readonly value: unknown };
  readonly item: unknown;
}

/** A place where two objects differ; `undefined` where one of them has nothing. */
export interface Difference {
  readonly path: readonly PathPart[];
  readonly live: unknown;
  readonly intended: unknown;
}

type Tree = Readonly<Record<string, unknown>>;

/** What tells the items of the lists of Kubernetes apart, the most telling first. */
const itemKeys = ['name', 'mountPath', 'containerPort', 'port', 'ip', 'topologyKey', 'uid', 'key'];

/**
 * Where two objects differ, as deep as possible. Items of a list are compared by what identifies them, where they have
 * such a thing, so that one more at the front is one difference; their order then does not matter.
 */
export function differencesOf(live: unknown, intended: unknown, path: readonly PathPart[] = []): Difference[] {
  if (isDeepStrictEqual(live, intended)) return [];
  if (isTree(live) && isTree(intended)) {
    const keys = new Set([...Object.keys(intended), ...Object.keys(live)]);
    return [...keys].flatMap((key) => differencesOf(live[key], intended[key], [...path, key]));
  }
  if (Array.isArray(live) && Array.isArray(intended)) return listDifferences(live, intended, path);
  return [{ path, live, intended }];
}

/** What is at a path of an object that has the same shape as the one the path is of. */
export function valueAt(root: unknown, path: readonly PathPart[]): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof part === 'string') return isTree(value) ? value[part] : undefined;
    if (!Array.isArray(value)) return undefined;
    const { key, index } = part;
    return key ? value.find((item) => isTree(item) && isDeepStrictEqual(item[key.field], key.value)) : value[index];
  }, root);
}

/** `spec.template.spec.containers[app].image`; keys that are no plain words in brackets and quoted. */
export function pathText(path: readonly PathPart[]): string {
  return path
    .map((part, index) => {
      if (typeof part !== 'string') return `[${part.key ? String(part.key.value) : String(part.index)}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

function listDifferences(live: unknown[], intended: unknown[], path: readonly PathPart[]): Difference[] {
  const field = itemKeys.find((candidate) => tellsApart(live, candidate) && tellsApart(intended, candidate));
  if (field !== undefined) {
    const values = new Map([...intended, ...live].map((item) => [(item as Tree)[field], item]));
    return [...values].flatMap(([value, item]) => {
      const part = { index: live.indexOf(item), key: { field, value }, item };
      return differencesOf(find(live, field, value), find(intended, field, value), [...path, part]);
    });
  }
  if (live.length !== intended.length) return [{ path, live, intended }];
  return live.flatMap((item, index) => differencesOf(item, intended[index], [...path, { index, item }]));
}

function tellsApart(items: readonly unknown[], field: string): boolean {
  const values = items.map((item) => (isTree(item) ? item[field] : undefined));
  return values.every((value) => value !== undefined) && new Set(values).size === values.length;
}

function find(items: readonly unknown[], field: string, value: unknown): unknown {
  return items.find((item) => isTree(item) && item[field] === value);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
