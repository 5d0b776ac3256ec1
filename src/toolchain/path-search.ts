import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Program {
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** The executable files of a name on PATH, in its order, each file once. */
export async function programsOnPath(name: string, path = ''): Promise<Program[]> {
  const found = new Map<string, Program>();
  for (const folder of path.split(delimiter).filter((entry) => isAbsolute(entry))) {
    const program = await programAt(join(folder, name));
    if (program) {
      const file = await realpath(program.path);
      if (!found.has(file)) found.set(file, program);
    }
  }
  return [...found.values()];
}

/** The executable file at a path; `undefined` when there is none. */
export async function programAt(path: string): Promise<Program | undefined> {
  try {
    await access(path, constants.X_OK);
    const file = await stat(path);
    return file.isFile() ? { path, bytes: file.size, changedAt: file.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
