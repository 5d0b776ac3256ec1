import { z } from 'zod';
import { PlatformError } from '../errors.js';
import type { RegistryAnswer } from './transport.js';

const saidSchema = z.object({ errors: z.array(z.looseObject({ code: z.string(), message: z.string().optional() })) });

/** The error for an answer that was not expected, in the registry's own words; reads the answer. */
export async function refusal(answer: RegistryAnswer, where: string, what: string): Promise<PlatformError> {
  const { status } = answer;
  const text = (await textOf(answer)).trim();
  const said = saidOf(text);
  const registry = where.slice(0, where.indexOf('/'));
  const facts = { status, codes: said.map(({ code }) => code) };
  const output = said.map(({ code, message }) => `${code}: ${message ?? ''}`).join('\n') || text;
  const details = { facts, ...(output !== '' && { output }) };
  if (status === 401 || status === 403) {
    const suggestions = [`docker login ${registry}`, 'or check the name: registries hide what they do not have'];
    return new PlatformError('prerequisite', `${registry} lets nobody ${what} without a login`, {
      ...details,
      suggestions,
    });
  }
  if (status === 429) {
    const suggestions = [`wait, or raise the limit by a login: docker login ${registry}`];
    return new PlatformError('prerequisite', `${registry} allows no more requests for now`, {
      ...details,
      suggestions,
    });
  }
  return new PlatformError('tool', `${registry} answered ${String(status)} when asked to ${what}`, details);
}

/** Whether a registry did not take a manifest because something that it names is not there. */
export function isIncomplete(error: unknown): boolean {
  const codes = error instanceof PlatformError ? error.facts?.['codes'] : undefined;
  return Array.isArray(codes) && (codes.includes('MANIFEST_BLOB_UNKNOWN') || codes.includes('MANIFEST_UNKNOWN'));
}

/** Whether a registry did not answer at all. */
export function isSilent(error: unknown): boolean {
  return error instanceof PlatformError && error.facts?.['isSilent'] === true;
}

function saidOf(text: string): z.infer<typeof saidSchema>['errors'] {
  try {
    return saidSchema.parse(JSON.parse(text)).errors;
  } catch {
    return [];
  }
}

const shownBytes = 4096;

async function textOf({ body }: RegistryAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= shownBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, shownBytes);
}
