import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf } from '../../tail.js';

const linesShown = 5;

/** What a component of the control plane said last; kwokctl itself only says that it waited in vain. */
export async function lastWords(folder: string, component: string): Promise<string> {
  const file = join(folder, 'logs', `${component}.log`);
  if (!existsSync(file)) return `${component} ended and left no log`;
  const { lines } = await tailOf(file, linesShown);
  return [`${component} ended; the end of its log:`, ...lines.map(inWords)].join('\n');
}

/** The words of kwokctl's log lines, which are JSON; the same words are said once. */
export function kwokctlWords(output: string): string {
  return [...new Set(output.split('\n').map(inWords))].slice(-linesShown).join('\n');
}

function inWords(line: string): string {
  try {
    const { msg, err, error } = JSON.parse(line) as { msg?: string; err?: string; error?: string };
    return [msg, err ?? error].filter((part) => part !== undefined).join(': ');
  } catch {
    return line;
  }
}
