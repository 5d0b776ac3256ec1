import type { DoctorResult } from '../usecases/doctor.js';
import type { Style } from './style.js';
import { displayWidth, pad, wrap } from './width.js';

/** One line for each check, and beneath those that are not well what to do. */
export function doctorText({ checks }: DoctorResult, { paint, symbols }: Style, columns?: number): string {
  const symbolOf = {
    ok: paint('green', symbols.done),
    warning: paint('yellow', symbols.warning),
    blocking: paint('red', symbols.failed),
  };
  const names = Math.max(0, ...checks.map(({ name }) => displayWidth(name)));
  const indent = ' '.repeat(names + 4);
  const beside = (head: string, text: string) =>
    head + wrap(text, (columns ?? Number.POSITIVE_INFINITY) - displayWidth(head), 0).replaceAll('\n', `\n${indent}`);
  return checks
    .flatMap(({ name, status, detail, fix = [] }) => [
      beside(`${symbolOf[status]} ${pad(name, names)}  `, detail),
      ...fix.map((step) => beside(`${indent}${paint('cyan', symbols.next)} `, step)),
    ])
    .join('\n');
}
