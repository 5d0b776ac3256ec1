import type { Link } from './record.js';

/**
 * Links as they are shown: those that the drill asks for. The time of the restore counts from the fault, and nobody knows
 * beforehand how long that is kept up, so what one request takes says nothing there.
 */
export function shownLinks(links: readonly Link[]): Link[] {
  return links
    .filter(({ status }) => status !== 'unasked')
    .map((link) => (link.name === 'restored' ? untimed(link) : link));
}

function untimed(link: Link): Link {
  const entries = Object.entries(link).filter(([key]) => key !== 'predictedMs');
  return Object.fromEntries(entries) as unknown as Link;
}
