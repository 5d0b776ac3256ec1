import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemProcesses } from '../../src/process.js';
import { tool } from '../installed-tool.js';

/** What promtool has to say against expressions; empty where it takes all of them. */
export async function complaintsAbout(expressions: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dashboards-'));
  try {
    const file = join(folder, 'rules.json');
    await writeFile(file, JSON.stringify(asRules(expressions)));
    const result = await systemProcesses().run(await tool('promtool'), ['check', 'rules', '--lint=none', file], {
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
