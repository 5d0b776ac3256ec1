import { formatDuration } from '../../clock.js';
import type { DrillRecord, Finding, Link } from '../record.js';
import { unclearedNames, unexpectedNames } from '../verdict/alerts.js';
import { silenceOver } from '../verdict/judgeable.js';
import { isUnseen } from '../verdict/link-reasons.js';
import { linkTitle, listed, pathWords, statusWords } from '../words.js';

/** One thing that a drill checks, as JUnit knows results. */
export interface JunitCase {
  readonly group: 'verdict' | 'preflight' | 'chain' | 'alerts' | 'autoscaler' | 'load' | 'restore';
  readonly name: string;
  readonly durationMs?: number;
  readonly result: JunitResult;
}

/**
 * `failure`: the system is weak there · `error`: the drill could not tell, or something of ours is left · `skipped`: it
 * cannot be seen here, or what comes before it broke.
 */
export type JunitResult =
  | { readonly is: 'passed' }
  | { readonly is: 'failure' | 'error' | 'skipped'; readonly message: string; readonly type?: string };

const passed: JunitResult = { is: 'passed' };

/** Everything that a drill checks; what it was not asked for is not there. */
export function junitCases(record: DrillRecord): JunitCase[] {
  return [
    verdictCase(record),
    ...findingCases(record),
    ...record.links.filter(({ status }) => status !== 'unasked').map((link) => linkCase(link, record)),
    ...alertCases(record),
    ...scalingCases(record),
    ...loadCases(record),
    ...restoreCases(record),
  ];
}

/*
 * The drill as a whole. Most systems show skipped tests as if nothing had happened, so a drill that has shown nothing is
 * an error. What is weak has a case of its own, which fails.
 */
function verdictCase({ verdict, drill, marks }: DrillRecord): JunitCase {
  const { outcome, summary } = verdict;
  const isConclusive = outcome === 'passed' || outcome === 'weakness';
  return {
    group: 'verdict',
    name: `${drill.name} is conclusive`,
    durationMs: marks.endedAt - marks.startedAt,
    result: isConclusive ? passed : { is: 'error', type: outcome, message: summary },
  };
}

// What is found changes from run to run; the names of cases must not, or no history of them can be had.
function findingCases({ findings }: DrillRecord): JunitCase[] {
  const told = findings.filter(({ level }) => level !== 'note');
  return told.map((finding, index) => {
    const before = told.slice(0, index).filter(({ check }) => check === finding.check).length;
    return findingCase(finding, before === 0 ? finding.check : `${finding.check} (${String(before + 1)})`);
  });
}

function findingCase({ level, message }: Finding, name: string): JunitCase {
  const results: Readonly<Record<Finding['level'], JunitResult>> = {
    ok: passed,
    note: passed,
    warning: passed,
    inconclusive: { is: 'error', type: level, message },
    refused: { is: 'error', type: level, message },
    weakness: { is: 'failure', type: level, message },
  };
  return { group: 'preflight', name, result: results[level] };
}

function linkCase(link: Link, record: DrillRecord): JunitCase {
  return {
    group: 'chain',
    name: linkTitle(link),
    ...(link.tookMs !== undefined && { durationMs: link.tookMs }),
    result: linkResult(link, record),
  };
}

function linkResult(link: Link, record: DrillRecord): JunitResult {
  const { status, cause, detail, tookMs, budgetMs = link.predictedMs } = link;
  const message = cause ?? detail ?? statusWords[status];
  switch (status) {
    case 'met':
    case 'unasked':
      return passed;
    case 'unobserved':
      if (isUnseen(link, record)) return { is: 'error', type: status, message };
      return {
        is: 'skipped',
        message: message === statusWords[status] ? message : `${statusWords[status]}: ${message}`,
      };
    case 'unreached':
      return {
        is: 'skipped',
        message: `${statusWords[status]}${message === statusWords[status] ? '' : `: ${message}`}`,
      };
    case 'late':
    case 'broken': {
      const took = tookMs === undefined ? '' : ` after ${formatDuration(tookMs)}`;
      const allowed = budgetMs === undefined ? '' : `, ${formatDuration(budgetMs)} allowed`;
      const said = status === 'late' ? `late${took}${allowed}${cause === undefined ? '' : `: ${cause}`}` : message;
      return { is: silenceOver(link, record) ? 'error' : 'failure', type: status, message: said };
    }
  }
}

function alertCases(record: DrillRecord): JunitCase[] {
  if (record.marks.faultAt === undefined) return [];
  const unexpected = unexpectedNames(record);
  const left = unclearedNames(record);
  const failure = (message: string): JunitResult => ({ is: 'failure', type: 'alert', message });
  return [
    {
      group: 'alerts',
      name: 'no other alert fires',
      result: unexpected.length === 0 ? passed : failure(`${listed(unexpected)} fired, and is not expected`),
    },
    {
      group: 'alerts',
      name: 'every expected alert ends',
      result: left.length === 0 ? passed : failure(`${listed(left)} still fires`),
    },
  ];
}

function scalingCases({ scaling }: DrillRecord): JunitCase[] {
  if (!scaling) return [];
  const message = scaling.problems.join('; ') || `the replicas went ${pathWords(scaling.path)}`;
  const results: Readonly<Record<typeof scaling.status, JunitResult>> = {
    'as-expected': passed,
    weak: { is: 'failure', type: 'weak', message },
    'ended-early': { is: 'error', type: 'ended-early', message: `the load ended too early: ${message}` },
    'too-small': { is: 'error', type: 'too-small', message: `the load was too small: ${message}` },
    unobserved: { is: 'skipped', message },
  };
  return [{ group: 'autoscaler', name: 'replicas follow the load', result: results[scaling.status] }];
}

function loadCases({ load }: DrillRecord): JunitCase[] {
  if (!load) return [];
  const result: JunitResult =
    load.problems.length > 0
      ? { is: 'failure', type: 'load', message: load.problems.join('; ') }
      : load.isSimulated
        ? { is: 'skipped', message: 'the load was simulated: nobody answered' }
        : passed;
  return [{ group: 'load', name: 'requests are answered as expected', durationMs: load.durationMs, result }];
}

function restoreCases({ restore, verdict }: DrillRecord): JunitCase[] {
  if (!restore && verdict.outcome !== 'not-restored') return [];
  const message = restore?.differences.join('; ') ?? verdict.summary;
  const isLeft = verdict.outcome === 'not-restored' || (restore?.differences.length ?? 0) > 0;
  const result: JunitResult = isLeft ? { is: 'error', type: 'not-restored', message } : passed;
  return [{ group: 'restore', name: 'everything is as it was before', result }];
}
