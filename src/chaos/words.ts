import type { Fault, LinkName } from './drill.js';
import type { Link, Outcome, Silence } from './record.js';
import { targetSubject } from './target.js';

/* How a drill and what came of it are called, everywhere they are told of. */

export const linkTitles: Readonly<Record<LinkName, string>> = {
  fault: 'fault accepted',
  endpoints: 'target not ready',
  symptom: 'users see it',
  pending: 'pending',
  firing: 'firing',
  grouped: 'in Alertmanager',
  routed: 'routed',
  delivered: 'delivered',
  restored: 'fault taken back',
  recovered: 'well again',
  resolved: 'end delivered',
};

/** `firing`, `firing (PostgresDown)`. */
export function linkTitle({ name, alert }: Pick<Link, 'name' | 'alert'>): string {
  return alert === undefined ? linkTitles[name] : `${linkTitles[name]} (${alert})`;
}

/** Who is asked during a drill. */
export const witnessNames = {
  'api-server': 'the API server',
  prometheus: 'Prometheus',
  alertmanager: 'Alertmanager',
  inbox: 'the inbox',
} as const satisfies Record<Silence['who'], string>;

/** An incident: what had been measured for a rule's `for` is forgotten. */
export const prometheusRestarted = 'Prometheus was restarted: alerts whose rules have a short `for` begin anew';

export const statusWords: Readonly<Record<Link['status'], string>> = {
  met: 'met',
  late: 'late',
  broken: 'broken',
  unreached: 'not reached',
  unobserved: 'not observed',
  unasked: 'not asked',
};

const outcomeWords: Readonly<Record<Outcome, string>> = {
  passed: 'passed',
  weakness: 'weakness found',
  inconclusive: 'inconclusive',
  'not-restored': 'not restored',
  failed: 'a tool failed',
  interrupted: 'interrupted',
};

/** `passed`, `passed (rehearsed)`: what nothing but a control plane has shown is never said without that word. */
export function verdictWords({ outcome, isRehearsed }: { readonly outcome: Outcome; readonly isRehearsed: boolean }) {
  return isRehearsed ? `${outcomeWords[outcome]} (rehearsed)` : outcomeWords[outcome];
}

/** `statefulset/postgres in app-services scaled to 0`: what a drill does. */
export function faultWords(fault: Fault): string {
  switch (fault.type) {
    case 'scale':
      return `${targetSubject(fault.target)} scaled to ${String(fault.replicas)}`;
    case 'kill':
      return `${fault.count === 'all' ? 'all pods' : counted(fault.count, 'pod')} of ${targetSubject(fault.target)} killed`;
    case 'drain':
      return typeof fault.node === 'string'
        ? `node ${fault.node} drained`
        : `the node of ${targetSubject(fault.node)} drained`;
    case 'cut':
      return `${targetSubject(fault.target)} cut off from the network (${fault.direction === 'both' ? 'both ways' : fault.direction})`;
    case 'load':
      return `${number(fault.requests)} requests by ${counted(fault.workers, 'worker')} to ${fault.url}`;
  }
}

/** `postgres was gone`: the moment from which the time of alerts counts. */
export function goneWords(fault: Fault): string {
  switch (fault.type) {
    case 'scale':
      return `${fault.target.name} was ${fault.replicas === 0 ? 'gone' : `scaled to ${String(fault.replicas)}`}`;
    case 'kill':
      return `pods of ${fault.target.name} were killed`;
    case 'drain':
      return typeof fault.node === 'string'
        ? `${fault.node} was drained`
        : `the node of ${fault.node.name} was drained`;
    case 'cut':
      return `${fault.target.name} was cut off`;
    case 'load':
      return 'the load began';
  }
}

/** `100,000`. */
export function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `99.7%`, rounded down: 98.96% are not yet 99. Never 100% where anything failed, never 0% where anything succeeded. */
export function percent(ratio: number): string {
  const tenths = Math.floor(ratio * 1000 + 1e-9);
  if (tenths === 999 && ratio > 0.999) return '>99.9%';
  if (tenths === 0 && ratio > 0) return '<0.1%';
  return `${String(tenths / 10)}%`;
}

/** `2 → 10 → 18`, `2 > 10 > 18`. */
export function pathWords(path: readonly number[], arrow = '→'): string {
  return path.map(String).join(` ${arrow} `);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
