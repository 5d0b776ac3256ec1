import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Matcher } from './matchers.js';

/** Series that an expression asks for. */
export interface Selector {
  /** As it is written, without a range or an offset: an expression of its own. */
  readonly text: string;
  readonly metric?: string;
  readonly matchers: readonly Matcher[];
}

/** Two sides that an expression compares. */
export interface Comparison {
  /** `==`, `!=`, `>`. */
  readonly operator: string;
  readonly left: Side;
  readonly right: Side;
}

export interface Side {
  readonly selectors: readonly Selector[];
  /** A number that it is. */
  readonly value?: number;
  /** Whether it asks for series that are not there. */
  readonly isAbsence: boolean;
}

const comparing: Readonly<Record<string, string>> = {
  Eql: '==',
  Neq: '!=',
  Gtr: '>',
  Gte: '>=',
  Lss: '<',
  Lte: '<=',
};

/** All selectors of a PromQL expression, in their order. */
export function selectorsIn(expression: string): readonly Selector[] {
  return selectorsBelow(parser.parse(expression).topNode, expression);
}

export function comparisonsIn(expression: string): readonly Comparison[] {
  return nodesBelow(parser.parse(expression).topNode, 'BinaryExpr').flatMap((node) => {
    const operator = Object.keys(comparing).find((name) => node.getChild(name));
    const [left, right] = [node.firstChild, node.lastChild];
    if (operator === undefined || !left || !right) return [];
    const sides = { left: sideOf(left, expression), right: sideOf(right, expression) };
    return [{ operator: comparing[operator] ?? operator, ...sides }];
  });
}

/** Whether what the expression gives still has a label of its series: no aggregation in it leaves the label out. */
export function keepsLabel(expression: string, label: string): boolean {
  return nodesBelow(parser.parse(expression).topNode, 'AggregateExpr').every((aggregate) => {
    const modifier = aggregate.getChild('AggregateModifier');
    const labels = modifier ? nodesBelow(modifier, 'LabelName').map((node) => textOf(node, expression)) : [];
    return modifier?.getChild('Without') ? !labels.includes(label) : labels.includes(label);
  });
}

function sideOf(node: SyntaxNode, expression: string): Side {
  const value = node.name === 'NumberDurationLiteral' ? Number(textOf(node, expression)) : NaN;
  return {
    selectors: selectorsBelow(node, expression),
    ...(!Number.isNaN(value) && { value }),
    isAbsence: ['Absent', 'AbsentOverTime'].some((name) => nodesBelow(node, name).length > 0),
  };
}

function selectorsBelow(top: SyntaxNode, expression: string): readonly Selector[] {
  return nodesBelow(top, 'VectorSelector').map((node) => {
    const matchers = nodesBelow(node, 'UnquotedLabelMatcher', 'QuotedLabelMatcher').map((matcher) =>
      matcherOf(matcher, expression),
    );
    const named = matchers.find(({ name, isRegex, isEqual }) => name === '__name__' && isEqual && !isRegex);
    const identifier = node.getChild('Identifier');
    const metric = identifier ? textOf(identifier, expression) : named?.value;
    return { text: textOf(node, expression), ...(metric !== undefined && { metric }), matchers };
  });
}

function matcherOf(node: SyntaxNode, expression: string): Matcher {
  const name = node.getChild('LabelName') ?? node.getChild('QuotedLabelName');
  const operator = node.getChild('MatchOp')?.firstChild?.name;
  const value = node.getChild('StringLiteral');
  return {
    name: name ? unquoted(textOf(name, expression)) : '',
    value: value ? unquoted(textOf(value, expression)) : '',
    isRegex: operator === 'EqlRegex' || operator === 'NeqRegex',
    isEqual: operator === 'EqlSingle' || operator === 'EqlRegex',
  };
}

// Texts are written in quotes of three kinds; escapes do not matter in names and values that are compared here.
function unquoted(text: string): string {
  return text.replace(/^(["'`])([^]*)\1$/, '$2').replaceAll('\\\\', '\\');
}

function nodesBelow(top: SyntaxNode, ...names: readonly string[]): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  top.cursor().iterate((node) => {
    if (names.includes(node.name)) found.push(node.node);
  });
  return found;
}

function textOf(node: SyntaxNode, expression: string): string {
  return expression.slice(node.from, node.to);
}
