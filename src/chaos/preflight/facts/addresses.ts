import type { Drill } from '../../drill.js';
import type { Probe, ProbeAnswer } from '../../observe/probe.js';
import { asked, type Asked } from '../asked.js';

export interface AddressFacts {
  readonly symptom?: Asked<ProbeAnswer>;
  readonly load?: Asked<ProbeAnswer>;
}

/** As long as people wait for a page. */
const answerWithinMs = 10_000;

/** What users get now, where the drill says what they should get. */
export async function askAddresses({ fault, expect }: Drill, probe: Probe, signal: AbortSignal): Promise<AddressFacts> {
  const ask = (url: string) =>
    asked(() => probe(url, AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)])), signal);
  const [symptom, load] = await Promise.all([
    expect.symptom && ask(expect.symptom.url),
    fault.type === 'load' ? ask(fault.url) : undefined,
  ]);
  return { ...(symptom && { symptom }), ...(load && { load }) };
}
