import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadEnvironment } from '../src/environment/load.js';
import type { Release } from '../src/environment/environment.js';
import { mergeValues } from '../src/releases/values/values.js';
import { programsOnPath } from '../src/toolchain/path-search.js';
import type { ListedTool } from '../src/usecases/tools.js';
import { measure, repeated } from './process.js';
import type { Row } from './report.js';
import type { World } from './world.js';

const runs = 3;

/**
 * `helmfile apply` with nothing to do, with the releases, charts and values that `up` has just installed. Charts are
 * folders without dependencies, so `--skip-deps` spares helmfile the looking; everything else is as it comes.
 */
export async function helmfileRows(world: World, upMs: number): Promise<Row[]> {
  // It would ask the internet whether there is a newer one.
  const env = { ...world.env, HELM_PLUGINS: pluginFolder(), HELMFILE_UPGRADE_NOTICE_DISABLED: 'true' };
  const { releases } = await loadEnvironment({ cwd: world.folder, target: 'local' });
  const what = `\`helmfile apply\` with nothing to do, the same ${String(releases.length)} releases`;
  const tools = await toolsOf({ ...world, env });
  if ('missing' in tools) return [{ what, value: 'not measured', bar: '–', note: tools.missing }];
  await writeHelmfile(world.folder, releases);
  // Ends with 2, which is a failure here, if it finds anything to do.
  const command = [tools.helmfile, '--helm-binary', tools.helm, 'apply', '--skip-deps', '--detailed-exitcode'];
  const apply = await repeated(runs, command, { cwd: world.folder, env });
  return [
    {
      what,
      value: `${(apply.median / 1000).toFixed(1)} s, ${(apply.median / upMs).toFixed(0)} × \`up\``,
      bar: '–',
      note: `${apply.range} ms; ${tools.version}`,
    },
  ];
}

// Helm would look for them in the home of the world.
function pluginFolder(): string {
  const data = process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share');
  return process.env['HELM_PLUGINS'] ?? join(data, 'helm', 'plugins');
}

type Tools =
  { readonly helmfile: string; readonly helm: string; readonly version: string } | { readonly missing: string };

async function toolsOf({ folder, env, platform }: World): Promise<Tools> {
  const [helmfile] = await programsOnPath('helmfile', env['PATH']);
  if (!helmfile) return { missing: 'helmfile is not on PATH' };
  const list = platform('tools', 'list', '--json');
  const { stdout } = await measure(list.command, list.options);
  const { tools } = (JSON.parse(stdout) as { result: { tools: readonly ListedTool[] } }).result;
  const helm = tools.find(({ name }) => name === 'helm')?.tool?.path;
  if (helm === undefined) return { missing: 'helm is not here' };
  const plugins = await measure([helm, 'plugin', 'list'], { cwd: folder, env });
  const diff = /^diff\s+(\S+)/m.exec(plugins.stdout)?.[1];
  if (diff === undefined) return { missing: 'the plugin helm-diff is not installed (HELM_PLUGINS)' };
  const version = await measure([helmfile.path, '--version'], { cwd: folder, env });
  return { helmfile: helmfile.path, helm, version: `${version.stdout.trim()}, helm-diff ${diff}` };
}

async function writeHelmfile(folder: string, releases: readonly Release[]): Promise<void> {
  const entries = [];
  for (const { name, namespace, chart, values } of releases) {
    if (!('path' in chart)) throw new Error(`the chart of ${name} is not a folder`);
    const file = join(folder, `${name}.values.yaml`);
    await writeFile(file, stringify(mergeValues(values)));
    entries.push({ name, namespace, chart: chart.path, values: [file] });
  }
  const helmDefaults = { kubeContext: 'platform-bench', createNamespace: false };
  await writeFile(join(folder, 'helmfile.yaml'), stringify({ helmDefaults, releases: entries }));
}
