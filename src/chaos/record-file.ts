import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { PlatformError } from '../errors.js';
import { writeFileAtomically } from '../files.js';
import { recordSchema } from './record-schema.js';
import type { DrillRecord } from './record.js';

const versioned = z.object({ version: z.number() });

/** Writes record.json, the whole of it or nothing. */
export async function writeRecord(file: string, record: DrillRecord): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
}

/**
 * Reads record.json back.
 * @throws PlatformError `conflict` when the file is no such record, or one of another version; the system's own error
 * when it cannot be read
 */
export async function readRecord(file: string): Promise<DrillRecord> {
  const content = parse(file, await readFile(file, 'utf8'));
  const result = recordSchema.safeParse(content);
  if (result.success) return result.data;
  const version = versioned.safeParse(content).data?.version;
  if (version !== undefined && version !== 1) throw otherVersion(file, version);
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw unreadable(file, `it is not the record of a drill${where}: ${issue?.message ?? ''}`);
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(file, text.trim() === '' ? 'it is empty' : 'it is not JSON', error);
  }
}

function unreadable(file: string, why: string, cause?: unknown): PlatformError {
  return new PlatformError('conflict', `${file} cannot be read: ${why}`, {
    suggestions: ['see journal.jsonl beside it for what the drill has seen', 'run the drill again'],
    ...(cause !== undefined && { cause }),
  });
}

function otherVersion(file: string, version: number): PlatformError {
  const isNewer = version > 1;
  return new PlatformError(
    'conflict',
    `${file} has version ${String(version)} of a drill's record, and this platform reads version 1`,
    {
      suggestions: [
        isNewer ? 'read it with the platform that wrote it, or update this one' : 'run the drill again',
        'open report.html beside it: it needs nothing else',
      ],
    },
  );
}
