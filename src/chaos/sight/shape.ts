import type { SyntaxNode } from '@lezer/common';
import { textOf } from '../../monitoring/expression.js';
import { courseOf, type Course, type Effect } from './effect.js';
import { childrenOf, parsed } from './expression.js';
import type { LiveSeries, Selected } from './live-series.js';
import { nameOf } from './others.js';

/**
 * Why an expression cannot see a fault, where its shape alone tells; `undefined` where it does not.
 * @param selected what its own selectors select
 */
export function blindShape(expression: string, selected: readonly Selected[], effect: Effect): string | undefined {
  const touched = selected.flatMap(({ series }) => series).filter(({ labels }) => courseOf(effect, labels));
  if (touched.length === 0) return nothingChanges(selected);
  return blind(parsed(expression));

  function blind(node: SyntaxNode): string | undefined {
    const children = childrenOf(node);
    if (node.name === 'PromQL' || node.name === 'ParenExpr')
      return children.map(blind).find((why) => why !== undefined);
    const [left, operator, ...rest] = children;
    const right = rest.at(-1);
    if (node.name !== 'BinaryExpr' || !left || !operator || !right) return undefined;
    switch (operator.name) {
      case 'And':
        return blind(left) ?? blind(right);
      case 'Unless':
        return blind(left);
      case 'Or':
        return blind(left) && blind(right);
      case 'Neq':
      case 'Gtr':
      case 'Lss':
        return bothAlike(readBy(left), readBy(right));
      case 'Eql':
        return textOf(right, expression) === '0' ? absentInstead(readBy(left)) : undefined;
      default:
        return undefined;
    }
  }

  /** The series of a side that is one selector, perhaps summed up; `undefined` for a calculation. */
  function readBy(node: SyntaxNode): readonly LiveSeries[] | undefined {
    if (node.name === 'VectorSelector') {
      const text = textOf(node, expression);
      return selected.find(({ selector }) => selector.text === text)?.series;
    }
    if (!['ParenExpr', 'AggregateExpr', 'FunctionCallBody'].includes(node.name)) return undefined;
    const inner = node.getChild('FunctionCallBody') ?? childrenOf(node).at(-1);
    return inner && readBy(inner);
  }

  function bothAlike(left: readonly LiveSeries[] = [], right: readonly LiveSeries[] = []): string | undefined {
    const [one, ...others] = [...new Set([...coursesOf(left), ...coursesOf(right)].map(endOf))];
    const bothChange = coursesOf(left).length > 0 && coursesOf(right).length > 0;
    return bothChange && others.length === 0 && typeof one === 'number'
      ? `both sides become ${String(one)}`
      : undefined;
  }

  function absentInstead(series: readonly LiveSeries[] = []): string | undefined {
    const [first] = series;
    const courses = coursesOf(series);
    const areGone = courses.length > 0 && courses.every(({ type }) => type === 'gone');
    return first && areGone ? `${nameOf(first)} of the target disappears instead of becoming 0` : undefined;
  }

  function coursesOf(series: readonly LiveSeries[]): readonly Course[] {
    return series.flatMap(({ labels }) => courseOf(effect, labels) ?? []);
  }
}

function endOf(course: Course): number | string {
  return course.type === 'value' ? course.value : course.type;
}

function nothingChanges(selected: readonly Selected[]): string {
  const names = [...new Set(selected.map(({ selector }) => selector.metric ?? selector.text))];
  const empty = selected.filter(({ series }) => series.length === 0);
  if (names.length === 0) return 'it reads nothing';
  if (empty.length === selected.length) return `nothing is measured of what it reads (${names.join(', ')})`;
  return `nothing that it reads (${names.join(', ')}) changes`;
}
