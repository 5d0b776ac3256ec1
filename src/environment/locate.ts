import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type Scalar,
} from 'yaml';
import type { Path } from './problems.js';

/** Offsets of the first character and of the one after the last. */
export type Range = [number, number];

/**
 * Where the value (or the key) of a path stands in a document, through aliases and merge keys; for a path that leads
 * nowhere, the key of the last part that exists.
 */
export function locate(document: Document, path: Path, part: 'key' | 'value'): Range {
  let node: Node | null = resolved(document, document.contents);
  let key: Node | null = null;
  for (const [depth, step] of path.entries()) {
    const found = child(document, node, step);
    if (!found) return rangeOf(depth === 0 ? firstKey(node) : (key ?? node));
    key = found.key ?? found.value;
    if (depth === path.length - 1) return rangeOf(part === 'key' ? key : (found.value ?? key));
    node = resolved(document, found.value);
  }
  return rangeOf(node);
}

/** The path of a value that a visit of its document has come upon. */
export function pathOf(ancestors: readonly unknown[], node: Scalar): Path {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, depth) => {
    const next = ancestors[depth + 1] ?? node;
    if (isPair(ancestor)) path.push(isScalar(ancestor.key) ? String(ancestor.key.value) : '');
    else if (isSeq(ancestor)) path.push(ancestor.items.indexOf(next));
  });
  return path;
}

interface Found {
  readonly key: Node | null;
  readonly value: Node | null;
}

function child(document: Document, node: Node | null, step: string | number): Found | undefined {
  if (isSeq(node)) {
    const item = typeof step === 'number' ? node.items[step] : undefined;
    return isNode(item) ? { key: null, value: item } : undefined;
  }
  if (!isMap(node)) return undefined;
  const own = node.items.find((pair) => keyOf(pair) === String(step));
  if (own) return { key: nodeOrNull(own.key), value: nodeOrNull(own.value) };
  return node.items
    .filter((pair) => keyOf(pair) === '<<')
    .flatMap(({ value }) => mergedMaps(document, nodeOrNull(value)))
    .map((map) => child(document, map, step))
    .find((found) => found !== undefined);
}

function mergedMaps(document: Document, node: Node | null): (Node | null)[] {
  const target = resolved(document, node);
  return isSeq(target) ? target.items.map((item) => resolved(document, nodeOrNull(item))) : [target];
}

function resolved(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

function firstKey(node: Node | null): Node | null {
  return isMap(node) ? nodeOrNull(node.items[0]?.key) : node;
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function nodeOrNull(value: unknown): Node | null {
  return isNode(value) ? value : null;
}

// A block's range ends after its last line break: the first line is enough to point at.
function rangeOf(node: Node | null): Range {
  const [start = 0, end = start] = node?.range ?? [];
  return [start, Math.max(start, end)];
}
