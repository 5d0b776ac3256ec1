import { beforeEach, describe, expect, it } from 'vitest';
import type { WebhookVerdict } from '../../../src/kubernetes/ask-webhook.js';
import { WebhookQuestions } from '../../../src/releases/gates/webhook-questions.js';

let now: number;
let asked: number[];
let questions: WebhookQuestions;
beforeEach(() => {
  now = 0;
  asked = [];
  questions = new WebhookQuestions({ now: () => now, sleep: () => Promise.resolve() });
  questions.note('hook', 'as it is');
});

const failed: WebhookVerdict = { status: 'failed', reason: 'it is dead' };

/** Asks at a time; the answer comes `tookMs` later. */
async function ask(at: number, verdict: WebhookVerdict, tookMs = 0): Promise<void> {
  now = at;
  await questions.ask('hook', () => {
    asked.push(now);
    now += tookMs;
    return Promise.resolve(verdict);
  });
}

/** Asks four times a second, as a gate does. */
async function askThrough(from: number, to: number, verdict: WebhookVerdict, tookMs = 0): Promise<void> {
  for (now = from; now < to; now += 250) await ask(now, verdict, tookMs);
}

describe('asking a webhook again and again', () => {
  it('begins when the API server certainly knows of it', async () => {
    await ask(999, { status: 'proven' });
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason: 'not asked yet' });
    await ask(1_000, { status: 'proven' });
    expect(questions.standing('hook')).toEqual({ status: 'proven' });
    expect(asked).toEqual([1_000]);
  });

  it('ends with the proof', async () => {
    await askThrough(0, 20_000, { status: 'proven' });
    expect(asked).toEqual([1_000]);
  });

  it('is done less and less often while it fails', async () => {
    await askThrough(0, 40_000, failed);
    expect(asked).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 26_000, 36_000]);
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason: 'it is dead' });
  });

  it('leaves one that takes its time alone for as long', async () => {
    await ask(1_000, failed, 30_000);
    await ask(60_999, failed);
    expect(asked).toEqual([1_000]);
    await ask(61_000, failed);
    expect(asked).toEqual([1_000, 61_000]);
  });

  it('begins anew when the webhook changes', async () => {
    await ask(1_000, { status: 'proven' });
    questions.note('hook', 'as it is');
    expect(questions.standing('hook')).toEqual({ status: 'proven' });
    questions.note('hook', 'as it became');
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason: 'not asked yet' });
    await ask(2_000, failed);
    expect(asked).toEqual([1_000, 2_000]);
  });

  it('takes what asking itself throws for a failure', async () => {
    now = 1_000;
    await questions.ask('hook', () => Promise.reject(new Error('no discovery')));
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason: 'no discovery' });
  });

  it('does nothing for one that nobody took note of', async () => {
    await questions.ask('other', () => Promise.reject(new Error('it is asked')));
    expect(questions.standing('other')).toEqual({ status: 'waiting', reason: 'not asked yet' });
  });
});

describe('a webhook that cannot be proven', () => {
  const reason = 'not asked: it is unknown';

  it('is settled at once when that will last', async () => {
    await ask(1_000, { status: 'unproven', reason, lasting: true });
    expect(questions.standing('hook')).toEqual({ status: 'unproven', reason });
  });

  it('is asked each second for ten seconds when that may change', async () => {
    await askThrough(0, 10_750, { status: 'unproven', reason, lasting: false });
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason });
    expect(asked).toHaveLength(10);
    await askThrough(11_000, 20_000, { status: 'unproven', reason, lasting: false });
    expect(questions.standing('hook')).toEqual({ status: 'unproven', reason });
    expect(asked).toHaveLength(10);
  });
});

describe('while an answer is on its way', () => {
  it('says since when, and asks no second time', async () => {
    let answer: (verdict: WebhookVerdict) => void = () => undefined;
    const question = () => new Promise<WebhookVerdict>((resolve) => (answer = resolve));
    now = 1_000;
    const running = questions.ask('hook', question);
    now = 4_200;
    void ask(now, failed);
    expect(questions.standing('hook')).toEqual({ status: 'waiting', reason: 'asked 3.2s ago, no answer yet' });
    answer({ status: 'proven' });
    await running;
    expect(asked).toEqual([]);
    expect(questions.standing('hook')).toEqual({ status: 'proven' });
  });

  it('leaves some connections to others, and asks the next one when one is free', async () => {
    const answers: ((verdict: WebhookVerdict) => void)[] = [];
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) questions.note(name, '');
    now = 1_000;
    const running = names.map((name) => questions.ask(name, () => new Promise((resolve) => answers.push(resolve))));
    expect(answers).toHaveLength(4);
    expect(questions.standing('e')).toEqual({ status: 'waiting', reason: 'not asked yet' });
    answers[0]?.({ status: 'proven' });
    await running[0];
    await Promise.resolve();
    expect(answers).toHaveLength(5);
    for (const answer of answers) answer({ status: 'proven' });
    await Promise.all(running);
    expect(names.map((name) => questions.standing(name).status)).toEqual(names.map(() => 'proven'));
  });
});
