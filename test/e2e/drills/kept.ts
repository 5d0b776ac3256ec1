import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DrillRecord } from '../../../src/chaos/record.js';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'drills');

/** Makes a run a fixture (test/fixtures/drills/README.md), without what belongs to the machine; only where it is asked for. */
export async function keep(name: string, record: DrillRecord): Promise<void> {
  if (!process.env['PLATFORM_KEEP_DRILLS']) return;
  const { drill, restore } = record;
  const kept = {
    ...record,
    drill: { ...drill, origin: basename(drill.origin) },
    ...(restore && { restore: { ...restore, by: 'ann@laptop/4711' } }),
  };
  await writeFile(join(fixtures, `${name}.json`), `${JSON.stringify(kept, null, 1)}\n`);
}
