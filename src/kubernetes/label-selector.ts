/** A label selector, as webhooks and workloads carry it; an empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelExpression[];
}

export interface LabelExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export type Labels = Readonly<Record<string, string>>;

/** Whether an object with these labels is selected, by the rules of the API server. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((expression) => holds(expression, labels[expression.key]))
  );
}

/** A selector as the API server takes it in a query; empty for one that selects everything. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ].join(',');
}

function expressionText({ key, operator, values = [] }: LabelExpression): string {
  switch (operator) {
    case 'In':
      return `${key} in (${values.join(',')})`;
    case 'NotIn':
      return `${key} notin (${values.join(',')})`;
    case 'DoesNotExist':
      return `!${key}`;
    default:
      return key;
  }
}

/** The fewest labels that all of these selectors match; `undefined` when they contradict each other. */
export function labelsFor(selectors: readonly (LabelSelector | undefined)[]): Labels | undefined {
  const labels: Record<string, string> = {};
  for (const selector of selectors) Object.assign(labels, selector?.matchLabels);
  const expressions = selectors.flatMap((selector) => selector?.matchExpressions ?? []);
  for (const { key, operator, values = [] } of expressions) {
    if (key in labels || (operator !== 'In' && operator !== 'Exists')) continue;
    const about = expressions.filter((expression) => expression.key === key);
    const value = [...values, 'true', 'false'].find((candidate) => about.every((each) => holds(each, candidate)));
    if (value !== undefined) labels[key] = value;
  }
  return selectors.every((selector) => matchesSelector(selector, labels)) ? labels : undefined;
}

function holds({ operator, values = [] }: LabelExpression, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
