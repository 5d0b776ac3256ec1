import type { LinkName } from '../drill.js';
import type { Link } from '../record.js';

/** The link from which the time of each is measured. Users and rules notice a fault independently of each other. */
const before = {
  endpoints: 'fault',
  symptom: 'endpoints',
  pending: 'endpoints',
  firing: 'pending',
  grouped: 'firing',
  routed: 'grouped',
  delivered: 'routed',
  restored: 'fault',
  recovered: 'restored',
  resolved: 'recovered',
} as const satisfies Partial<Record<LinkName, LinkName>>;

const inTime: Readonly<Partial<Record<LinkName, LinkName>>> = before;

/** The links before one in time, the nearest first. */
export function linksBefore(name: LinkName): readonly LinkName[] {
  const previous = inTime[name];
  return previous === undefined ? [] : [previous, ...linksBefore(previous)];
}

/** The broken link without which one cannot come; what came in spite of a broken one counts as its own proof. */
export function obstacleTo(name: LinkName, alert: string | undefined, links: readonly Link[]): Link | undefined {
  const told: readonly LinkName[] = ['delivered', ...linksBefore('delivered')];
  for (const needed of name === 'resolved' ? [told, linksBefore(name)] : [linksBefore(name)]) {
    for (const earlier of needed) {
      const link = linkOf(links, earlier, alert);
      if (link?.at !== undefined) break;
      if (link?.status === 'broken') return link;
    }
  }
  return undefined;
}

/** The link of a name, of an alert where there is one for each. */
export function linkOf(links: readonly Link[], name: LinkName, alert: string | undefined): Link | undefined {
  return links.find((link) => link.name === name && (link.alert === undefined || link.alert === alert));
}

const recovery: readonly LinkName[] = ['restored', 'recovered', 'resolved'];

/** Whether a link comes while the fault lasts, or after it was taken back. */
export function phaseOf(name: LinkName): 'fault' | 'recovery' {
  return recovery.includes(name) ? 'recovery' : 'fault';
}
