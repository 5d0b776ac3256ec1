import type { OpenUrlResult } from '../usecases/open-url.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** The address of an app, or all there are. */
export function openUrlText(result: OpenUrlResult, { paint }: Style): string {
  if (result.kind === 'app') return result.url;
  const rows = result.urls.map(({ url, namespace, ingress }) => [url, paint('dim', `${namespace}/${ingress}`)]);
  const note = result.simulation === undefined ? [] : [paint('dim', 'simulated: nothing answers there')];
  return rows.length > 0 ? [table(rows), ...note].join('\n') : 'no Ingress offers an address yet';
}
