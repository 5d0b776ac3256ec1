import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher } from './matchers.js';
import { promqlString } from './promql-literals.js';

/** Series that an expression asks for. */
export interface Selector {
  /** As it is written, without a range or an offset: an expression of its own. */
  readonly text: string;
  readonly metric?: string;
  readonly matchers: readonly Matcher[];
}

/** All selectors of a PromQL expression, in their order. */
export function selectorsIn(expression: string): readonly Selector[] {
  return nodesBelow(parser.parse(expression).topNode, 'VectorSelector').map((node) => selectorAt(node, expression));
}

/** Whether what the expression gives still has a label of its series: no aggregation in it leaves the label out. */
export function keepsLabel(expression: string, label: string): boolean {
  return nodesBelow(parser.parse(expression).topNode, 'AggregateExpr').every((aggregate) => {
    const modifier = aggregate.getChild('AggregateModifier');
    const labels = modifier ? nodesBelow(modifier, 'LabelName').map((node) => textOf(node, expression)) : [];
    return modifier?.getChild('Without') ? !labels.includes(label) : labels.includes(label);
  });
}

/** What a `VectorSelector` in the tree of an expression selects. */
export function selectorAt(node: SyntaxNode, expression: string): Selector {
  const matchers = nodesBelow(node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').map((matcher) =>
    matcherOf(matcher, expression),
  );
  const metric = metricOf(node, matchers, expression);
  return { text: textOf(node, expression), ...(metric !== undefined && { metric }), matchers };
}

export function textOf({ from, to }: SyntaxNode, expression: string): string {
  return expression.slice(from, to);
}

function metricOf(node: SyntaxNode, matchers: readonly Matcher[], expression: string): string | undefined {
  const identifier = node.getChild('Identifier');
  if (identifier) return textOf(identifier, expression);
  // A name that is no identifier stands alone among the labels.
  const quoted = node.getChild('LabelMatchers')?.getChild('QuotedLabelName');
  if (quoted) return promqlString(textOf(quoted, expression));
  return matchers.find(({ name, isRegex, isEqual }) => name === '__name__' && isEqual && !isRegex)?.value;
}

function matcherOf(node: SyntaxNode, expression: string): Matcher {
  const name = node.getChild('LabelName');
  const quoted = node.getChild('QuotedLabelName');
  const operator = node.getChild('MatchOp')?.firstChild?.name;
  const value = node.getChild('StringLiteral');
  return {
    name: name ? textOf(name, expression) : quoted ? promqlString(textOf(quoted, expression)) : '',
    value: value ? promqlString(textOf(value, expression)) : '',
    isRegex: operator === 'EqlRegex' || operator === 'NeqRegex',
    isEqual: operator === 'EqlSingle' || operator === 'EqlRegex',
  };
}

function nodesBelow(top: SyntaxNode, ...names: readonly string[]): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  top.cursor().iterate((node) => {
    if (names.includes(node.name)) found.push(node.node);
  });
  return found;
}
