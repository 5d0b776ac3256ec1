import type { Finding, LoadResult, ScalingResult } from '../record.js';
import { listed } from '../words.js';
import { unclearedNames, unexpectedNames } from './alerts.js';
import type { Reason } from './reason.js';
import type { UnjudgedRecord } from './unjudged-record.js';

/** Findings that say the drill must not run. */
export function refusals(record: UnjudgedRecord): Reason[] {
  return reasonsOf(record, 'refused', 'inconclusive');
}

/** Findings that say the drill would prove nothing. */
export function spoilingFindings(record: UnjudgedRecord): Reason[] {
  return reasonsOf(record, 'inconclusive', 'inconclusive');
}

/** Findings that said it would fail, unless the drill has shown that it does not. */
export function weakFindings(record: UnjudgedRecord): Reason[] {
  const findings = record.findings.filter((finding) => !isRefuted(finding, record));
  return reasonsOf({ findings }, 'weakness', 'weakness');
}

function reasonsOf(
  { findings }: Pick<UnjudgedRecord, 'findings'>,
  wanted: Finding['level'],
  outcome: Reason['outcome'],
): Reason[] {
  return findings
    .filter(({ level }) => level === wanted)
    .map(({ message, fix }) => ({ outcome, message, next: fix ?? [] }));
}

function isRefuted({ link }: Finding, { links }: UnjudgedRecord): boolean {
  const measured = links.filter(({ name, status }) => name === link && status !== 'unasked');
  return measured.length > 0 && measured.every(({ status }) => status === 'met');
}

/** Alerts that nobody expects, and expected ones that go on although the fault is over. */
export function alertReasons(record: UnjudgedRecord): Reason[] {
  const unexpected = unexpectedNames(record);
  const told = new Set(record.links.flatMap((link) => (link.status === 'broken' ? [link.alert] : [])));
  const left = unclearedNames(record).filter((name) => !told.has(name));
  return [
    ...(unexpected.length === 0
      ? []
      : [
          {
            outcome: 'weakness' as const,
            message: `${listed(unexpected)} fired, and the drill does not expect it`,
            next: ['mend the rule, or name it in `mayFire` of the drill if it follows from the fault'],
          },
        ]),
    ...left.map((name) => ({
      outcome: 'weakness' as const,
      message: `${name} still fires although the fault was taken back`,
      next: ['look at what its expression returns now'],
    })),
  ];
}

/** A load that ended too early or asked for too little tests nothing, and neither does an autoscaler that somebody changed or nobody saw. */
export function unscaled(scaling: ScalingResult | undefined): Reason[] {
  if (scaling?.status === 'ended-early') {
    return [
      {
        outcome: 'inconclusive',
        message: `the load ended before the autoscaler could have reacted${problems(scaling)}`,
        next: ['let the load last longer: more `requests`, or a larger `atMost`'],
      },
    ];
  }
  if (scaling?.status === 'too-small') {
    return [
      {
        outcome: 'inconclusive',
        message: `the load was too small to test the autoscaler${problems(scaling)}`,
        next: ['make more load, such as by more `workers`, or let the drill expect fewer replicas (`reaches`)'],
      },
    ];
  }
  if (scaling?.status !== 'unobserved' || scaling.problems.length === 0) return [];
  return [
    {
      outcome: 'inconclusive',
      message: `the autoscaler could not be judged${problems(scaling)}`,
      next: ['run it again when the autoscaler is at rest and nobody else changes it'],
    },
  ];
}

export function weakScaling(scaling: ScalingResult | undefined): Reason[] {
  if (scaling?.status !== 'weak') return [];
  return [
    {
      outcome: 'weakness',
      message: `the autoscaler did not do what is expected${problems(scaling)}`,
      next: ['look at the conditions of the autoscaler, its maximum, its `behavior`, and how soon its pods are ready'],
    },
  ];
}

export function weakLoad(load: LoadResult | undefined): Reason[] {
  return (load?.problems ?? []).map((message) => ({
    outcome: 'weakness',
    message: `the load was not answered as expected: ${message}`,
    next: ['look at the plots of answers and their times in the report'],
  }));
}

function problems({ problems: all }: ScalingResult): string {
  return all.length === 0 ? '' : `: ${all.join('; ')}`;
}
