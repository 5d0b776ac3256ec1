import { z } from 'zod';
import { allowedInWords } from './issues.js';
import { nearest } from '../nearest.js';
import type { Report } from './problems.js';
import { environmentFileSchema } from './schema.js';

/** Values given on the command line instead of in the file. */
export interface Flags {
  readonly name?: string | undefined;
  readonly domain?: string | undefined;
  readonly provider?: string | undefined;
  /** An absolute path, or an `oci://` URL. */
  readonly charts?: string | undefined;
}

const { name, domain } = environmentFileSchema.shape;
const schema = z.object({
  name: name.optional(),
  domain,
  provider: z.enum(['auto', 'kind', 'minikube', 'embedded']).optional(),
  charts: z.string().optional(),
});

/** Checks the flags as the file's keys are checked; what is wrong is reported and left out. */
export function checkedFlags(flags: Flags, report: Report): z.infer<typeof schema> {
  const result = schema.safeParse(flags, { error: allowedInWords });
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const flag = String(issue.path[0]) as keyof Flags;
    const value = flags[flag] ?? '';
    const meant = issue.code === 'invalid_value' ? nearest(value, issue.values.map(String)) : undefined;
    report({
      ...{ file: `--${flag}`, line: 1, column: 1, path: '', message: `--${flag} is ${JSON.stringify(value)}`, value },
      allowed: issue.message,
      ...(meant && { suggestion: `did you mean ${meant}?` }),
    });
  }
  return {};
}
