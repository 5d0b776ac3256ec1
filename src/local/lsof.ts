import type { PortOwner } from './ports.js';

/**
 * Reads `lsof -F pcn`, which writes one field a line: `p` begins a process, `c` is its command, `n` an address it
 * listens on. The first process that this machine itself can reach; `undefined` when there is none.
 */
export function parseLsof(text: string): PortOwner | undefined {
  let owner: PortOwner = {};
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) owner = { pid: Number(value) };
    if (line.startsWith('c')) owner = { ...owner, command: value };
    if (line.startsWith('n') && /^(\*|127\.[\d.]+|\[::1?\]|\[::ffff:127\.[\d.]+\]):\d+$/.test(value)) return owner;
  }
  return undefined;
}
