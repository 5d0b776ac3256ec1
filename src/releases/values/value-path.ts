/** Keys of maps and indexes of lists on the way to a value, as `--set` writes them: `env[1].na\.me`. */
export function valuePath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    return `${text}${text === '' ? '' : '.'}${part.replaceAll(/[\\.]/g, '\\$&')}`;
  }, '');
}

/** {@link valuePath} of keys alone, all of them with something in it. */
export const valuePathPattern = /^([^.=\\]|\\.)+(\.([^.=\\]|\\.)+)*$/;

/**
 * The keys of a path as {@link valuePath} writes them, up to the first equals sign, and what comes after that; a
 * backslash takes the meaning from whatever follows it.
 */
export function parseValuePath(text: string): { readonly keys: readonly string[]; readonly rest: string | undefined } {
  const keys = [''];
  const append = (more: string) => keys.push(`${keys.pop() ?? ''}${more}`);
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === '=') return { keys, rest: text.slice(index + 1) };
    if (character === '\\') append(text.charAt(++index));
    else if (character === '.') keys.push('');
    else append(character);
  }
  return { keys, rest: undefined };
}
