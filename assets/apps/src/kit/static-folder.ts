import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Where the files of `src/<app>/static/` are: there when the sources run, and in `static/<app>/` beside the bundle.
 * @returns an absolute path with a slash at its end
 */
export function staticFolder(app: string): string {
  const bundled = fileURLToPath(new URL(`./static/${app}/`, import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL(`../${app}/static/`, import.meta.url));
}
