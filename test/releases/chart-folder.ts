import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A chart in a new folder `<somewhere>/<name>`; its Chart.yaml is made where none is given. */
export async function chartFolder(name: string, files: Files): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'platform-chart-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  for (const [path, content] of Object.entries({ 'Chart.yaml': chartYaml(name), ...files })) {
    await mkdir(dirname(join(parent, name, path)), { recursive: true });
    await writeFile(join(parent, name, path), content);
  }
  return join(parent, name);
}

/** The same as an archive, packed by the tar of this machine. */
export async function chartArchive(name: string, files: Files): Promise<string> {
  const folder = await chartFolder(name, files);
  const archive = join(dirname(folder), `${name}-1.2.3.tgz`);
  await promisify(execFile)('tar', ['-czf', archive, '-C', dirname(folder), name]);
  return archive;
}

export function chartYaml(name: string, more = ''): string {
  return `apiVersion: v2\nname: ${name}\nversion: 1.2.3\n${more}`;
}
