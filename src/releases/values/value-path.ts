/** Keys of maps and indexes of lists on the way to a value, as `--set` writes them: `env[1].na\.me`. */
export function valuePath(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${String(part)}]`;
    return `${text}${text === '' ? '' : '.'}${part.replaceAll(/[\\.]/g, '\\$&')}`;
  }, '');
}
