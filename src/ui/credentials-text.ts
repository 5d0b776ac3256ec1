import type { CredentialsResult } from '../usecases/credentials.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** What one logs in with, or the apps that have something to log in with. */
export function credentialsText(result: CredentialsResult, { paint, symbols }: Style): string {
  if (result.kind === 'login') {
    const { url, user, password } = result.login;
    return table([
      ...(url === undefined ? [] : [['url', url]]),
      ...(user === undefined ? [] : [['user', user]]),
      ['password', password],
    ]);
  }
  if (result.apps.length === 0) return 'none of its releases has credentials that are known';
  const rows = result.apps.map(({ app, namespace, release, status, url = '' }) => [
    app,
    status === 'installed' ? url : paint('yellow', status),
    paint('dim', `${namespace}/${release}`),
  ]);
  return [table(rows), '', `${symbols.next} \`platform credentials APP\` shows user and password`].join('\n');
}
