import type { OpenUrlResult } from '../usecases/open-url.js';
import type { ServedUrl } from '../usecases/urls.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** The address of an app, or all there are. */
export function openUrlText(result: OpenUrlResult, { paint }: Style): string {
  if (result.kind === 'app') return result.url;
  const rows = result.urls.map(({ url, namespace, ingress }) => [url, paint('dim', `${namespace}/${ingress}`)]);
  const note = result.simulation === undefined ? [] : [paint('dim', unansweredNote(result.urls))];
  return rows.length > 0 ? [table(rows), ...note].join('\n') : 'no Ingress offers an address yet';
}

/** What is to be known of the addresses of a cluster that is only simulated. */
export function unansweredNote(urls: readonly ServedUrl[]): string {
  return urls.some(({ isReal }) => isReal)
    ? 'simulated: only those on 127.0.0.1 answer'
    : 'simulated: nothing answers there';
}
