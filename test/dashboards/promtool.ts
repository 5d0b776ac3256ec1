import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { accessSync, constants } from 'node:fs';
import type { TestContext } from 'vitest';
import { systemProcesses } from '../../src/process.js';

const promtool = process.env['PLATFORM_TEST_PROMTOOL'] ?? onPath();

/** For `beforeEach`: skips, with the reason, where there is no promtool. */
export function skipWithoutPromtool(context: TestContext): void {
  context.skip(promtool === undefined, 'promtool is neither on PATH nor named by PLATFORM_TEST_PROMTOOL');
}

/** What promtool has to say against expressions; empty where it takes all of them. */
export async function complaintsAbout(expressions: readonly string[]): Promise<string> {
  if (promtool === undefined) throw new Error('no promtool: the test should have been skipped');
  const folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  try {
    const file = join(folder, 'rules.json');
    await writeFile(file, JSON.stringify(asRules(expressions)));
    const result = await systemProcesses().run(promtool, ['check', 'rules', '--lint=none', file], {
      allowFailure: true,
    });
    return result.exitCode === 0 ? '' : result.stdout + result.stderr;
  } finally {
    await rm(folder, { recursive: true });
  }
}

// One process for all of them. JSON is YAML.
const asRules = (expressions: readonly string[]) => ({
  groups: [
    { name: 'panels', rules: expressions.map((expr, index) => ({ record: `panel:query:${String(index)}`, expr })) },
  ],
});

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'promtool')).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
