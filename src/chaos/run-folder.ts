import { join } from 'node:path';

/** Where the runs of an environment's drills are kept, one folder each, named as the run. */
export function drillsFolder(stateFolder: string): string {
  return join(stateFolder, 'drills');
}

/** `<state folder of the environment>/drills/<run>`. */
export function runFolder(stateFolder: string, run: string): string {
  return join(drillsFolder(stateFolder), run);
}

/** What is in the folder of a run. */
export const runFiles = {
  journal: 'journal.jsonl',
  record: 'record.json',
  html: 'report.html',
  markdown: 'report.md',
  junit: 'junit.xml',
} as const;
