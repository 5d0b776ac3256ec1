import type { Paths } from '../paths.js';
import type { Examination } from './check.js';
import { refusalToWrite } from '../existing-folder.js';

/** Whether state and cache can be written. */
export function writableFolders(paths: Pick<Paths, 'state' | 'cache'>): Examination[] {
  const folders = [
    { name: 'state folder', path: paths.state, variable: 'XDG_STATE_HOME' },
    { name: 'cache folder', path: paths.cache, variable: 'XDG_CACHE_HOME' },
  ];
  return folders.map(({ name, path, variable }) => ({
    name,
    async examine() {
      const refusal = await refusalToWrite(path);
      if (refusal === undefined) return { status: 'ok', detail: `${path} can be written` };
      return {
        status: 'blocking',
        detail: `${path} cannot be written: ${refusal}; nothing can be built without it`,
        fix: [`make it writable, or choose another place with ${variable}`],
      };
    },
  }));
}
