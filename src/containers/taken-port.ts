/** Which port an engine could not bind, and who has it, from what it said; `undefined` when it is about another thing. */
export function takenPort(words: string): { readonly port: string; readonly by: string } | undefined {
  const line = words.split('\n').find((text) => taken.test(text));
  if (line === undefined) return undefined;
  // The first address of the machine's own side: `127.0.0.1:80`, `[::1]:80`, `TCP 127.0.0.1:80`, `:80`.
  const port = /(?:\d+(?:\.\d+){3}|\]|\*|(?:bind for|listen tcp\d?) \S*?):(\d+)/i.exec(line)?.[1];
  if (port === undefined) return undefined;
  return { port, by: /port is already allocated/i.test(line) ? 'another container' : 'another program' };
}

const taken =
  /port is already allocated|address already in use|ports are not available|forbidden by its access permissions/i;
