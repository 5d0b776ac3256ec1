import { describe, expect, it } from 'vitest';
import type { ProbeAnswer } from '../../../../src/chaos/observe/probe.js';
import type { Asked } from '../../../../src/chaos/preflight/asked.js';
import { checkAddresses } from '../../../../src/chaos/preflight/checks/addresses.js';
import { burden, givenDrill, givenFacts, inWords, now } from '../given.js';

const page = 'https://webportal.shop.localhost/login';
const drill = givenDrill({
  expect: { alerts: [], mayFire: [], symptom: { url: page, status: 503, text: 'Failed to communicate' } },
});
const answer = (more: Partial<ProbeAnswer>): Asked<ProbeAnswer> => ({ answer: { at: now, durationMs: 5, ...more } });
const expired = 'certificate has expired';

describe('the address of a symptom', () => {
  const found = (symptom: Asked<ProbeAnswer>) =>
    inWords(checkAddresses(drill, givenFacts({ addresses: { symptom } }), {}));

  it('answers without the fault', () => {
    expect(found(answer({ status: 200, body: 'Log in' }))).toEqual([`ok: ${page} answers 200 without the fault`]);
    expect(found(answer({ status: 302, location: '/login/' }))[0]).toContain('ok:');
  });

  it.each([
    [
      answer({ status: 503, body: 'Failed to communicate with Auth service' }),
      'shows the symptom without the fault: status 503',
    ],
    [answer({ status: 503, body: 'other' }), 'answers 503 without the fault'],
    [answer({ status: 500 }), 'answers 500 without the fault'],
    [answer({ status: 302, location: 'https://sso.example.org/' }), 'sends users to https://sso.example.org/'],
    [answer({ error: expired }), `does not answer: ${expired}`],
    [{ problem: 'aborted' }, 'does not answer: aborted'],
  ])('proves nothing: %j', (symptom, words) => {
    expect(found(symptom)).toEqual([`inconclusive symptom: ${page} ${words}`]);
  });

  it('may have the text already', () => {
    expect(found(answer({ status: 200, body: 'Failed to communicate?' }))).toEqual([
      `warning symptom: ${page} has the text of the symptom without the fault: only its status can tell`,
    ]);
  });

  it('may be told by its status alone', () => {
    const plain = givenDrill({ expect: { alerts: [], mayFire: [], symptom: { url: page, status: 503 } } });
    const facts = givenFacts({ addresses: { symptom: answer({ status: 503 }) } });
    expect(inWords(checkAddresses(plain, facts, {}))[0]).toContain('shows the symptom without the fault');
  });

  it('is not asked in a rehearsal', () => {
    expect(checkAddresses(drill, givenFacts({ simulation: 'simulated' }), {})).toEqual([]);
  });
});

describe('an address whose users should notice nothing', () => {
  const found = (symptom: Asked<ProbeAnswer>, text?: string) =>
    inWords(
      checkAddresses(
        givenDrill({
          expect: { alerts: [], mayFire: [], symptom: { url: page, status: 200, ...(text !== undefined && { text }) } },
        }),
        givenFacts({ addresses: { symptom } }),
        {},
      ),
    );

  it('answers before the fault exactly so', () => {
    expect(found(answer({ status: 200 }))).toEqual([`ok: ${page} answers 200, as it is to go on`]);
    expect(found(answer({ status: 200, body: 'Log in here' }), 'Log in')[0]).toContain('ok:');
  });

  it.each([
    [answer({ status: 503 }), undefined, 'answers 503 without the fault, not 200: nobody could notice a difference'],
    [
      answer({ status: 302, location: '/login/' }),
      undefined,
      'answers 302 without the fault, not 200: nobody could notice a difference',
    ],
    [
      answer({ status: 200, body: 'Welcome' }),
      'Log in',
      'answers 200 without "Log in" without the fault, not 200 with "Log in": nobody could notice a difference',
    ],
  ])('proves nothing: %j, text %s', (symptom, text, words) => {
    expect(found(symptom, text)).toEqual([`inconclusive recovered: ${page} ${words}`]);
  });

  it('proves nothing where nothing answers', () => {
    expect(found(answer({ error: expired }))[0]).toContain(`does not answer: ${expired}`);
  });
});

describe('the address of load', () => {
  const url = 'https://images.shop.localhost/thumbnail';
  const found = (load: Asked<ProbeAnswer>) =>
    inWords(checkAddresses(givenDrill({ fault: burden }), givenFacts({ addresses: { load } }), {}));

  it('answers 2xx', () => {
    expect(found(answer({ status: 204 }))).toEqual([`ok: ${url} answers 204`]);
  });

  it.each([
    [answer({ status: 302, location: '/login' }), 'answers 302 and sends users to /login'],
    [answer({ status: 404 }), 'answers 404 without any load'],
    [answer({ status: 199 }), 'answers 199 without any load'],
    // hey checks no certificate, so nobody else would notice.
    [answer({ error: expired }), `does not answer: ${expired}`],
  ])('proves nothing: %j', (load, words) => {
    expect(found(load)).toEqual([`inconclusive: ${url} ${words}`]);
  });
});
