import type { Interfaces } from '@oclif/core';

/**
 * The flags as they would be had they been typed: what a variable says of a flag that may be given several times comes
 * from oclif as one text. It is separated by the flag's delimiter, without one into lines.
 */
export function separated<F extends object>(flags: F, definitions: Interfaces.FlagInput): F {
  const entries = Object.entries(flags).map(([name, value]: [string, unknown]) => {
    const definition = definitions[name];
    if (typeof value !== 'string' || definition?.type !== 'option' || !definition.multiple) return [name, value];
    const parts = value.split(definition.delimiter ?? '\n').map((part) => part.trim());
    return [name, parts.filter((part) => part !== '')];
  });
  return Object.fromEntries(entries) as F;
}
