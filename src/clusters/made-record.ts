import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The record of a complete cluster; `undefined` where there is none, or it is of another shape. */
export function readMadeRecord<T>(file: string, schema: z.ZodType<T>): T | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
