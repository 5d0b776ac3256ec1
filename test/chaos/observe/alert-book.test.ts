import { describe, expect, it } from 'vitest';
import { createAlertBook } from '../../../src/chaos/observe/alert-book.js';
import { createLedger } from '../../../src/chaos/observe/ledger.js';

const at = 1_000_000;

function given() {
  const ledger = createLedger(
    () => at,
    () => undefined,
  );
  const fault: { at?: number } = {};
  const book = createAlertBook(ledger, () => fault.at);
  const has = (activeAt: number) => {
    book.hasPrometheus([{ labels: { alertname: 'PostgresDown' }, isFiring: false, activeAt }], activeAt);
  };
  return { fault, has, isBaseline: () => ledger.observations.alerts.map((alert) => alert.isBaseline) };
}

describe('an alert', () => {
  it('was there before where it began before the fault, also when it is looked at after it', () => {
    const { fault, has, isBaseline } = given();
    has(at);
    expect(isBaseline()).toEqual([true]);
    fault.at = at + 5_000;
    has(at);
    expect(isBaseline()).toEqual([true]);
  });

  it('is of the fault where it was seen before it was known when that was made', () => {
    const { fault, has, isBaseline } = given();
    has(at + 2_000);
    expect(isBaseline()).toEqual([true]);
    // The answer of the API server was lost, and what it had done was known only later.
    fault.at = at;
    has(at + 2_000);
    expect(isBaseline()).toEqual([false]);
  });
});
