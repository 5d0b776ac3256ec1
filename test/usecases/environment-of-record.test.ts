import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentRecord } from '../../src/environment/record.js';
import { environmentOfRecord } from '../../src/usecases/environment-of-record.js';
import { folderWith, header } from '../environment/fixture.js';

/** A file of an environment, and the record of its beginning. */
async function begun(content = '', more: Partial<EnvironmentRecord> = {}) {
  const folder = await folderWith({ 'platform.yaml': `${header}${content}` });
  const file = join(folder, 'platform.yaml');
  const record: EnvironmentRecord = {
    ...{ name: 'shop', target: 'local', provider: 'kind', createdAt: '2026-01-01T00:00:00.000Z', file },
    ...more,
  };
  return { folder, file, record };
}

describe('the environment of a record', () => {
  it('is what its file has now', async () => {
    const { file, record } = await begun();
    await writeFile(file, `${header}domain: later.test\n`);
    expect((await environmentOfRecord(record)).environment).toMatchObject({ name: 'shop', domain: 'later.test' });
  });

  it('has the name and the source of charts that the command line gave it', async () => {
    const { record } = await begun('local: { charts: ./in-file }\n', { name: 'other', charts: '/mirror' });
    expect((await environmentOfRecord(record)).environment).toMatchObject({
      name: 'other',
      local: { charts: '/mirror' },
    });
    const plain = await begun('local: { charts: ./in-file }\n');
    expect((await environmentOfRecord(plain.record)).environment?.local.charts).toBe(join(plain.folder, 'in-file'));
  });

  it('has the parts that the command line asked for, as far as they are still there', async () => {
    const loki = 'releases: { loki: { chart: service, namespace: apps, part: logging } }\n';
    const { record } = await begun(loki, { parts: ['logging', 'gone'] });
    const { environment, problem } = await environmentOfRecord(record);
    expect(problem).toBeUndefined();
    expect(environment).toMatchObject({ parts: ['logging'], askedParts: ['logging'], releases: [{ name: 'loki' }] });
    expect((await environmentOfRecord((await begun(loki)).record)).environment?.releases).toEqual([]);
  });

  it('is a problem where its file is gone', async () => {
    const { file, record } = await begun();
    await rm(file);
    const { environment, problem } = await environmentOfRecord(record);
    expect(environment).toBeUndefined();
    expect(problem).toContain('does not exist');
  });
});
