import { parser } from '@prometheus-io/lezer-promql';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promqlString } from '../../../src/monitoring/promql-literals.js';
import { afterwards } from '../../toolchain/fixture.js';

/** A value that never changes, or one by how many milliseconds ago it was; none is no sample. */
export type Course = number | ((agoMs: number) => number | undefined);

export interface PrometheusProgram {
  /** Series as PromQL writes them, with their values. */
  readonly series: Readonly<Record<string, Course>>;
  /** What its API says of its rules. */
  readonly groups?: readonly object[];
  /** Selectors of native histograms. */
  readonly native?: readonly string[];
}

/** When it is, for the program. */
export const now = Date.parse('2026-11-21T12:00:00Z');

/** A local server that answers as Prometheus does to what a trial asks: selectors, their counts, rules, the time. */
export async function prometheusProgram({ series, groups = [], native = [] }: PrometheusProgram) {
  const all = Object.entries(series).map(([text, course]) => ({ labels: labelsOf(text), course }));
  const valueAt = (course: Course, at: number) => (typeof course === 'number' ? course : course(now - at));
  const selected = (selector: string) =>
    all.filter(({ labels }) => matchersOf(selector).every(({ name, holds }) => holds(labels[name] ?? '')));

  const instant = (query: string) => {
    const at = now / 1000;
    if (query === 'time()') return { resultType: 'scalar', result: [at, String(at)] };
    const selector = /^count\((.*)\) or label_replace\(count\(histogram_count/s.exec(query)?.[1];
    if (selector === undefined) throw new Error(`unexpected query ${query}`);
    const count = selected(selector).filter(({ course }) => valueAt(course, now) !== undefined).length;
    const counted = count === 0 ? [] : [{ metric: {}, value: [at, String(count)] }];
    const histograms = native.includes(selector) ? [{ metric: { kind: 'native' }, value: [at, '1'] }] : [];
    return { resultType: 'vector', result: [...counted, ...histograms] };
  };
  const range = (query: string, start: number, end: number, step: number) => {
    const moments = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, at) => start + at * step);
    const result = selected(query).map(({ labels, course }) => ({
      metric: labels,
      values: moments.flatMap((at) => {
        const value = valueAt(course, at * 1000);
        return value === undefined ? [] : [[at, String(value)]];
      }),
    }));
    return { resultType: 'matrix', result: result.filter(({ values }) => values.length > 0) };
  };
  const answer: RequestListener = (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://prometheus');
    const asked = (name: string) => searchParams.get(name) ?? '';
    const data = {
      '/api/v1/query': () => instant(asked('query')),
      '/api/v1/query_range': () =>
        range(asked('query'), Number(asked('start')), Number(asked('end')), Number(asked('step'))),
      '/api/v1/rules': () => ({ groups }),
    }[pathname];
    response.writeHead(data ? 200 : 404).end(JSON.stringify({ status: 'success', data: data?.() }));
  };
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(decodeURIComponent((request.url ?? '').replaceAll('+', ' ')));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterwards(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  return { url, requests };
}

interface Matcher {
  readonly name: string;
  readonly holds: (value: string) => boolean;
}

/** The labels of a series, its name among them. */
export function labelsOf(text: string): Record<string, string> {
  const pairs: [string, string][] = [];
  walk(text, (name, _, value) => pairs.push([name, value]));
  return Object.fromEntries(pairs);
}

function matchersOf(text: string): readonly Matcher[] {
  const matchers: Matcher[] = [];
  walk(text, (name, operator, value) => {
    const pattern = new RegExp(`^(?:${operator.includes('~') ? value : ''})$`, 's');
    const matches = (other: string) => (operator.includes('~') ? pattern.test(other) : other === value);
    matchers.push({ name, holds: (other) => matches(other) !== operator.startsWith('!') });
  });
  return matchers;
}

function walk(text: string, found: (name: string, operator: string, value: string) => void): void {
  parser.parse(text).iterate({
    enter: ({ name, node }) => {
      const part = (kind: string) => {
        const child = node.getChild(kind);
        return child ? text.slice(child.from, child.to) : '';
      };
      if (name === 'VectorSelector' && part('Identifier')) found('__name__', '=', part('Identifier'));
      if (name === 'UnquotedLabelMatcher')
        found(part('LabelName'), part('MatchOp'), promqlString(part('StringLiteral')));
      if (name === 'QuotedLabelMatcher')
        found(promqlString(part('QuotedLabelName')), part('MatchOp'), promqlString(part('StringLiteral')));
    },
  });
}
