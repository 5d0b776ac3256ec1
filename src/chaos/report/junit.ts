import { create } from 'xmlbuilder2';
import type { DrillRecord } from '../record.js';
import { verdictWords } from '../words.js';
import { junitCases, type JunitCase, type JunitResult } from './junit-cases.js';

/** A run as a JUnit file of one suite, with a case for each thing that the drill checks. */
export function reportJunit(record: DrillRecord): string {
  const { drill, marks, run, environment, provider, verdict } = record;
  const cases = junitCases(record);
  const counts = {
    tests: cases.length,
    failures: numberOf('failure', cases),
    errors: numberOf('error', cases),
    skipped: numberOf('skipped', cases),
    time: seconds(marks.endedAt - marks.startedAt),
  };
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' });
  const suites = document.ele('testsuites', { name: 'platform chaos', ...counts });
  const suite = suites.ele('testsuite', {
    name: `drill ${drill.name}`,
    timestamp: new Date(marks.startedAt).toISOString().slice(0, 19),
    ...counts,
  });
  const properties = suite.ele('properties');
  for (const [name, value] of Object.entries({ run, environment, provider, verdict: verdictWords(verdict) })) {
    properties.ele('property', { name, value });
  }
  for (const { group, name, durationMs = 0, result } of cases) {
    const element = suite.ele('testcase', { classname: `${drill.name}.${group}`, name, time: seconds(durationMs) });
    if (result.is === 'passed') continue;
    const { message, type } = result;
    element.ele(result.is, { message, ...(type !== undefined && { type }) }).txt(message);
  }
  suite.ele('system-out').txt([verdict.summary, ...verdict.next.map((step) => `next: ${step}`)].join('\n'));
  return `${document.end({ prettyPrint: true })}\n`;
}

function numberOf(is: JunitResult['is'], cases: readonly JunitCase[]): number {
  return cases.filter(({ result }) => result.is === is).length;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
