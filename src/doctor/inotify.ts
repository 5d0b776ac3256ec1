import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Examination } from './check.js';
import type { ContainerNeed } from './container-need.js';

/** What kind recommends, https://kind.sigs.k8s.io/docs/user/known-issues/#pod-errors-due-to-too-many-open-files */
const wanted = { max_user_watches: 524_288, max_user_instances: 512 } as const;

/** Whether files can be watched as often as the nodes of a cluster do it; only Linux has these limits. */
export function inotify(need: ContainerNeed, folder = '/proc/sys/fs/inotify'): Examination {
  return {
    name: 'inotify',
    async examine() {
      const found = await Promise.all(
        Object.entries(wanted).map(async ([name, least]) => ({
          name,
          least,
          value: Number(await readFile(join(folder, name), 'utf8')),
        })),
      );
      const values = found.map(({ name, value }) => `${name} ${String(value)}`).join(', ');
      const low = found.filter(({ value, least }) => value < least);
      if (low.length === 0) return { status: 'ok', detail: values };
      if (need === 'no') return { status: 'ok', detail: `${values}; enough for the embedded provider` };
      return {
        status: 'warning',
        detail: `${values}: pods of a cluster in containers end with "too many open files"`,
        fix: low.map(({ name, least }) => `sudo sysctl -w fs.inotify.${name}=${String(least)}`),
      };
    },
  };
}
