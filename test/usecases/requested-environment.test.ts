import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeRecord } from '../../src/environment/record.js';
import { pathsFrom } from '../../src/paths.js';
import { requestedEnvironment, type EnvironmentRequest } from '../../src/usecases/requested-environment.js';
import { folderWith, header } from '../environment/fixture.js';

const optional = 'chart: service, namespace: apps';
const releases = `releases: { loki: { ${optional}, part: logging }, tempo: { ${optional}, part: tracing } }\n`;

/** An environment that was begun with the part `logging`. */
async function given() {
  const cwd = await folderWith({ 'platform.yaml': `${header}${releases}` });
  const paths = pathsFrom({}, cwd);
  await writeRecord(paths, {
    ...{ name: 'shop', target: 'local', provider: 'kind', createdAt: '2026-01-01T00:00:00.000Z' },
    ...{ file: join(cwd, 'platform.yaml'), parts: ['logging'] },
  });
  return async (more: Partial<EnvironmentRequest> = {}) =>
    (await requestedEnvironment({ cwd, ...more }, { paths })).releases.map(({ name }) => name);
}

describe('the environment that a command asks for', () => {
  it('has the parts that it was begun with, whatever its domain', async () => {
    const namesOf = await given();
    expect(await namesOf()).toEqual(['loki']);
    expect(await namesOf({ domain: 'other.test' })).toEqual(['loki']);
  });

  it('has the parts that are asked for now instead, where any are', async () => {
    const namesOf = await given();
    expect(await namesOf({ parts: ['tracing'] })).toEqual(['tempo']);
  });

  it('has those of its file alone where the file is named', async () => {
    const namesOf = await given();
    expect(await namesOf({ file: 'platform.yaml' })).toEqual([]);
    expect(await namesOf({ file: 'platform.yaml', parts: ['logging', 'tracing'] })).toEqual(['loki', 'tempo']);
  });
});
