import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import { PlatformError } from '../../errors.js';
import { selectorAt, textOf, type Selector } from '../../monitoring/expression.js';
import { promqlDuration } from '../../monitoring/promql-literals.js';

/** What an expression reads: one selector, and how far back it looks. */
export interface ReadSelector extends Selector {
  readonly lookbackMs: number;
  /** Of the range that it is read with; absent where only the newest sample counts. */
  readonly rangeMs: number | undefined;
}

/** How old a sample may be to count as the newest one: Prometheus' own default. */
const stalenessMs = 5 * 60_000;

/** @throws PlatformError `inconclusive` for what cannot be read, or cannot be shifted to another moment */
export function parsed(expression: string): SyntaxNode {
  const root = parser.parse(expression).topNode;
  for (const cursor = root.cursor(); cursor.next();) {
    if (cursor.type.isError) throw unreadable(expression, `it cannot be read at character ${String(cursor.from + 1)}`);
    if (cursor.name === 'At') throw unreadable(expression, 'it asks for a fixed moment with @');
  }
  return root;
}

/**
 * Every selector of an expression.
 * @throws PlatformError `inconclusive` for what cannot be read
 */
export function selectorsOf(expression: string): readonly ReadSelector[] {
  return found(parsed(expression), expression, { lookbackMs: 0, rangeMs: undefined });
}

interface Surrounding {
  readonly lookbackMs: number;
  readonly rangeMs: number | undefined;
}

function found(node: SyntaxNode, text: string, around: Surrounding): readonly ReadSelector[] {
  if (node.name === 'VectorSelector') {
    const lookbackMs = around.lookbackMs + (around.rangeMs === undefined ? stalenessMs : 0);
    return [{ ...selectorAt(node, text), lookbackMs, rangeMs: around.rangeMs }];
  }
  return childrenOf(node).flatMap((child) => found(child, text, within(node, text, around)));
}

function within(node: SyntaxNode, text: string, { lookbackMs, rangeMs }: Surrounding): Surrounding {
  if (node.name === 'OffsetExpr')
    return { lookbackMs: lookbackMs + Math.max(0, lengthOf('OffsetDurationExpr')), rangeMs };
  if (node.name !== 'MatrixSelector' && node.name !== 'SubqueryExpr') return { lookbackMs, rangeMs };
  const range = lengthOf('DurationExpr');
  return { lookbackMs: lookbackMs + range, rangeMs: Math.min(range, rangeMs ?? range) };

  function lengthOf(child: string): number {
    const duration = node.getChild(child);
    const length = duration && promqlDuration(textOf(duration, text));
    if (typeof length === 'number') return length;
    throw unreadable(text, `${duration ? textOf(duration, text) : 'a range'} is not a plain duration`);
  }
}

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function unreadable(expression: string, why: string): PlatformError {
  return new PlatformError('inconclusive', `its expression cannot be tried: ${why}`, { facts: { expression } });
}
