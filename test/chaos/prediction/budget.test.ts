import { describe, expect, it } from 'vitest';
import { budgetFor } from '../../../src/chaos/prediction/budget.js';

const prediction = {
  links: [
    { name: 'pending' as const, alert: 'A', atMostMs: 10_000, because: '' },
    { name: 'pending' as const, alert: 'B', atMostMs: 40_000, because: '' },
    { name: 'endpoints' as const, atMostMs: 30_000, because: '' },
  ],
};

describe('the budget of a link', () => {
  it('is what was predicted of it and a margin', () => {
    expect(budgetFor({ name: 'pending', alert: 'B' }, prediction, { budgets: {} })).toBe(50_000);
    expect(budgetFor({ name: 'endpoints' }, prediction, { budgets: {} })).toBe(40_000);
  });

  it('is what the drill says, for every alert', () => {
    const budgets = { pending: 1_000, symptom: 2_000 };
    expect(budgetFor({ name: 'pending', alert: 'A' }, prediction, { budgets })).toBe(1_000);
    expect(budgetFor({ name: 'symptom' }, prediction, { budgets })).toBe(2_000);
  });

  it('is unknown where nobody says anything', () => {
    expect(budgetFor({ name: 'symptom' }, prediction, { budgets: {} })).toBeUndefined();
    expect(budgetFor({ name: 'pending', alert: 'C' }, prediction, { budgets: {} })).toBeUndefined();
  });
});
