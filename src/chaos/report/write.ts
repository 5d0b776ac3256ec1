import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../files.js';
import { createMask } from '../masked.js';
import { writeRecord } from '../record-file.js';
import type { DrillRecord } from '../record.js';
import { runFiles } from '../run-folder.js';
import { reportHtml } from './html.js';
import { reportJunit } from './junit.js';
import { reportMarkdown } from './markdown.js';

/** Absolute paths where the folder's is. */
export interface WrittenReports {
  readonly record: string;
  readonly html: string;
  readonly markdown: string;
  readonly junit: string;
}

/**
 * Writes the record of a run and its reports into the run's folder, without secrets.
 * @param secrets known by heart, besides what looks secret
 */
export async function writeReports(
  folder: string,
  record: DrillRecord,
  secrets: readonly string[] = [],
): Promise<WrittenReports> {
  const safe = createMask(secrets)(record);
  const files = {
    record: join(folder, runFiles.record),
    html: join(folder, runFiles.html),
    markdown: join(folder, runFiles.markdown),
    junit: join(folder, runFiles.junit),
  };
  // The record first: all else can be made from it again.
  await writeRecord(files.record, safe);
  const journal = join(folder, runFiles.journal);
  await writeFileAtomically(files.html, reportHtml(safe, { journal }), { mode: 0o600 });
  await writeFileAtomically(files.markdown, reportMarkdown(safe), { mode: 0o600 });
  await writeFileAtomically(files.junit, reportJunit(safe), { mode: 0o600 });
  return files;
}

/** Copies what there is of a run into a folder, which is made; the copies' paths, in a fixed order. */
export async function copyArtefacts(folder: string, to: string): Promise<string[]> {
  const present = new Set(await readdir(folder));
  await mkdir(to, { recursive: true });
  const copied: string[] = [];
  for (const name of Object.values(runFiles)) {
    if (!present.has(name)) continue;
    await copyFile(join(folder, name), join(to, name));
    copied.push(join(to, name));
  }
  return copied;
}
