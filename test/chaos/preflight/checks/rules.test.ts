import { describe, expect, it } from 'vitest';
import { checkRules } from '../../../../src/chaos/preflight/checks/rules.js';
import { givenDrill, givenFacts, givenGroup, givenRule, now } from '../given.js';

const found = (...rules: ReturnType<typeof givenRule>[]) =>
  checkRules(givenDrill(), givenFacts({ prometheus: { groups: [givenGroup(rules)] } }), {});

describe('the rule of an expected alert', () => {
  it('is well when it is evaluated', () => {
    expect(found(givenRule('PostgresDown'))).toEqual([
      { check: 'rule', level: 'ok', message: 'the rule PostgresDown is evaluated' },
    ]);
  });

  it('is missed, and one that is called alike is named', () => {
    expect(found(givenRule('PostgressDown'), givenRule('Other'))).toMatchObject([
      {
        level: 'weakness',
        link: 'pending',
        message: 'no rule is called PostgresDown',
        fix: ['did you mean PostgressDown?'],
      },
    ]);
    expect(found(givenRule('Other'))).toMatchObject([{ fix: [expect.stringContaining('see the alerts')] }]);
  });

  it('is not one that records', () => {
    const { query, labels, health, lastError, lastEvaluation } = givenRule('PostgresDown');
    const recording = {
      type: 'recording' as const,
      name: 'PostgresDown',
      query,
      labels,
      health,
      lastError,
      lastEvaluation,
    };
    const facts = givenFacts({ prometheus: { groups: [givenGroup([recording])] } });
    expect(checkRules(givenDrill(), facts, {})).toMatchObject([{ message: 'no rule is called PostgresDown' }]);
  });

  it.each([
    [{ health: 'err', lastError: 'many-to-many matching' }, 'weakness', 'cannot be evaluated: many-to-many matching'],
    [{ health: 'unknown' }, 'inconclusive', 'has not been evaluated yet'],
    [{ lastEvaluation: now - 16_000 }, 'weakness', 'was evaluated 16.0s ago for the last time, and should every 5s'],
  ] as const)('with %j is told as %s', (state, level, words) => {
    expect(found(givenRule('PostgresDown', state))).toMatchObject([
      { level, link: 'pending', message: `the rule PostgresDown ${words}` },
    ]);
  });

  it('may skip an evaluation', () => {
    expect(found(givenRule('PostgresDown', { lastEvaluation: now - 15_000 }))).toMatchObject([{ level: 'ok' }]);
  });

  it('is told of each where several raise the alert', () => {
    expect(found(givenRule('PostgresDown'), givenRule('PostgresDown', { health: 'unknown' }))).toMatchObject([
      { level: 'inconclusive' },
    ]);
  });
});
