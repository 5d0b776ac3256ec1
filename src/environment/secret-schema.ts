import { z } from 'zod';
import { labelOf, text } from './schema-text.js';

const sources = ['value', 'generate', 'env', 'file'] as const;

const key = z
  .strictObject({
    value: z
      .string('text (numbers and the like in quotes)')
      .optional()
      .describe('The text itself, where it is no secret'),
    generate: z
      .int('a length from 16 to 128')
      .min(16, 'a length from 16 to 128')
      .max(128, 'a length from 16 to 128')
      .optional()
      .describe('Letters and digits at random, this many; made once and kept'),
    env: text('the name of an environment variable', /^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional()
      .describe('The variable of `platform up` that holds it; what is there stays where the variable is not set'),
    file: text('a file, relative to this one').optional().describe('A file that holds it, relative to this one'),
  })
  .refine((source) => sources.filter((name) => source[name] !== undefined).length === 1, {
    message: `exactly one of ${sources.join(', ')}`,
  })
  .nullable()
  .describe('Where the value of a key comes from; null takes out one that the blueprint brings');

const secret = z
  .strictObject({
    namespace: labelOf(63).optional().describe('The namespace it is made in; releases in it wait for it'),
    keys: z
      .record(text('letters, digits, dots, hyphens and underscores', /^[-._a-zA-Z0-9]{1,253}$/), key, 'a map of keys')
      .nullable()
      .optional()
      .describe('Its keys, each with one of value, generate, env or file'),
    part: labelOf(53).optional().describe('Optional part that it belongs to; made only while that is on'),
  })
  .nullable()
  .describe('A Secret; null takes out one that the blueprint brings');

/** `secrets:` of an environment file. */
export const secrets = z.record(labelOf(63), secret).nullable();
