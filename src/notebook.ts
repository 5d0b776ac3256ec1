import { z } from 'zod';
import { readJsonFile, writeFileAtomically } from './files.js';

/** A small JSON file of facts by key that outlives the process. Losing it costs time, never correctness. */
export interface Notebook<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
}

/** Opens the notebook at a path; entries that do not fit the schema are as if never written. */
export function createNotebook<T>(path: string, entry: z.ZodType<T>): Notebook<T> {
  let lastWrite: Promise<unknown> = Promise.resolve();
  const read = async () => (await readJsonFile(path, z.record(z.string(), z.unknown()))) ?? {};
  return {
    async get(key) {
      const result = entry.safeParse((await read())[key]);
      return result.success ? result.data : undefined;
    },
    // One after the other, so that two facts learned at once are both kept.
    async set(key, value) {
      const write = lastWrite.then(async () => {
        await writeFileAtomically(path, `${JSON.stringify({ ...(await read()), [key]: value }, null, 2)}\n`);
      });
      lastWrite = write.catch(() => undefined);
      await write;
    },
  };
}
