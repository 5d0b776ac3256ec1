import { z } from 'zod';

/** Environment variables of a service: name -> how its text is read. */
export type SettingsShape = Readonly<Record<string, z.ZodType>>;

export type Settings<Shape extends SettingsShape> = { readonly [Name in keyof Shape]: z.output<Shape[Name]> };

export type Environment = Readonly<Record<string, string | undefined>>;

/** One or more environment variables are missing or wrong; the message names each of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the named variables. An empty one counts as not set, as charts write it.
 * @throws SettingsError that names every wrong variable with its value
 */
export function readSettings<Shape extends SettingsShape>(shape: Shape, environment: Environment): Settings<Shape> {
  const problems: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(shape)) {
    const text = environment[name] === '' ? undefined : environment[name];
    const result = field.safeParse(text);
    if (result.success) settings[name] = result.data;
    else problems.push(problem(name, text, result.error));
  }
  if (problems.length > 0) throw new SettingsError(problems.join('; '));
  return settings as Settings<Shape>;
}

function problem(name: string, text: string | undefined, error: z.ZodError): string {
  if (text === undefined) return `${name} is not set`;
  return `${name} is ${JSON.stringify(text)}: expected ${error.issues[0]?.message ?? 'something else'}`;
}

/** Any text; required. */
export const text = () => z.string();

/** A whole number of decimal digits within bounds, both included; required without `standard`. */
export function wholeNumber(bounds: { readonly min: number; readonly max: number; readonly standard?: number }) {
  const wanted = `a whole number from ${String(bounds.min)} to ${String(bounds.max)}`;
  const digits = z
    .string()
    .regex(/^\d{1,15}$/, wanted)
    .transform(Number);
  const field = digits.refine((value) => value >= bounds.min && value <= bounds.max, wanted);
  return bounds.standard === undefined ? field : field.default(bounds.standard);
}

/** A TCP port; 0 lets the system choose one. */
export const port = (standard?: number) =>
  wholeNumber(standard === undefined ? { min: 0, max: 65_535 } : { min: 0, max: 65_535, standard });

/** The address of a service such as `http://auth` or `https://images.shop.localhost`, given back without a final slash. */
export const httpUrl = () =>
  z
    .string()
    .refine((value) => /^https?:$/.test(protocol(value)), 'a URL that starts with http:// or https://')
    .transform((value) => value.replace(/\/+$/, ''));

function protocol(value: string): string {
  return URL.canParse(value) ? new URL(value).protocol : '';
}

/** One of a few words. */
export const oneOf = <const Word extends string>(words: readonly Word[], standard: Word): z.ZodType<Word> =>
  z.literal(words, `one of ${words.join(', ')}`).default(standard as z.core.util.NoUndefined<Word>);
