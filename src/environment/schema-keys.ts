import { z } from 'zod';
import type { Path } from './problems.js';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
}

/** The keys a schema knows at a path, alternatives taken together. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  let nodes = alternatives(z.toJSONSchema(schema, { io: 'input' }) as Node);
  for (const part of path) nodes = nodes.flatMap((node) => step(node, part)).flatMap(alternatives);
  return [...new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function alternatives(node: Node): readonly Node[] {
  return node.anyOf ? node.anyOf.flatMap(alternatives) : [node];
}

function step(node: Node, part: string | number): readonly Node[] {
  const next = typeof part === 'number' ? node.items : (node.properties?.[part] ?? node.additionalProperties);
  return typeof next === 'object' ? [next] : [];
}
