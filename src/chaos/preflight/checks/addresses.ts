import { isUnnoticed, type Symptom } from '../../drill.js';
import type { ProbeAnswer } from '../../observe/probe.js';
import type { Finding } from '../../record.js';
import { answerOf, problemOf, type Asked } from '../asked.js';
import type { Check } from '../check.js';

/** Whether the addresses of symptom and load answer without the fault what they should. */
export const checkAddresses: Check = ({ fault, expect }, { addresses }) => [
  ...(expect.symptom ? healthy(expect.symptom, addresses.symptom) : []),
  ...(fault.type === 'load' ? bearsLoad(fault.url, addresses.load) : []),
];

function healthy(symptom: Symptom, asked: Asked<ProbeAnswer> | undefined): readonly Finding[] {
  const check = 'symptom';
  const useless = (message: string, fix?: string): readonly Finding[] => [
    { check, level: 'inconclusive', link: 'symptom', message, ...(fix !== undefined && { fix: [fix] }) },
  ];
  if (!asked) return [];
  const silence = silenceOf(symptom.url, asked);
  if (silence !== undefined) return useless(silence, 'see `platform status` and `platform urls`');
  const { status = 0, body = '', location } = answerOf(asked) ?? {};
  const hasText = symptom.text !== undefined && body.includes(symptom.text);
  const isShown = status === symptom.status && (symptom.text === undefined || hasText);
  if (isUnnoticed(symptom)) {
    if (isShown)
      return [{ check, level: 'ok', message: `${symptom.url} answers ${String(status)}, as it is to go on` }];
    const [got, wanted] = [answerWords(status, symptom.text, hasText), answerWords(symptom.status, symptom.text, true)];
    const message = `${symptom.url} answers ${got} without the fault, not ${wanted}: nobody could notice a difference`;
    return [{ check, level: 'inconclusive', link: 'recovered', message, fix: ['expect what users get now'] }];
  }
  if (isShown) {
    return useless(`${symptom.url} shows the symptom without the fault: status ${String(status)}`);
  }
  if (status >= 500) return useless(`${symptom.url} answers ${String(status)} without the fault`);
  const elsewhere = elsewhereOf(symptom.url, location);
  if (elsewhere !== undefined) return useless(`${symptom.url} sends users to ${elsewhere}`, 'name the address itself');
  if (hasText) {
    const message = `${symptom.url} has the text of the symptom without the fault: only its status can tell`;
    return [{ check, level: 'warning', link: 'symptom', message }];
  }
  return [{ check, level: 'ok', message: `${symptom.url} answers ${String(status)} without the fault` }];
}

function answerWords(status: number, text: string | undefined, hasText: boolean): string {
  if (text === undefined) return String(status);
  return `${String(status)} ${hasText ? 'with' : 'without'} "${text}"`;
}

/** A load tool follows redirects and checks no certificate: it would praise a log-in page. */
function bearsLoad(url: string, asked: Asked<ProbeAnswer> | undefined): readonly Finding[] {
  const check = 'load-address';
  const useless = (message: string, fix: string): readonly Finding[] => [
    { check, level: 'inconclusive', message, fix: [fix] },
  ];
  if (!asked) return [];
  const silence = silenceOf(url, asked);
  if (silence !== undefined) return useless(silence, 'see `platform status` and `platform urls`');
  const { status = 0, location } = answerOf(asked) ?? {};
  if (location !== undefined && status >= 300 && status < 400) {
    return useless(`${url} answers ${String(status)} and sends users to ${location}`, 'name the address itself');
  }
  if (status < 200 || status >= 300) {
    return useless(`${url} answers ${String(status)} without any load`, 'name an address that answers 200');
  }
  return [{ check, level: 'ok', message: `${url} answers ${String(status)}` }];
}

function silenceOf(url: string, asked: Asked<ProbeAnswer>): string | undefined {
  const answer = answerOf(asked);
  const error = problemOf(asked) ?? answer?.error ?? (answer?.status === undefined ? 'no status' : undefined);
  return error === undefined ? undefined : `${url} does not answer: ${error}`;
}

// To another page of its own a site may send its users: /login/ for /login.
function elsewhereOf(url: string, location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location, url)) return location;
  const there = new URL(location, url);
  return there.origin === new URL(url).origin ? undefined : there.href;
}
