import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tailOf } from '../../tail.js';

const linesShown = 5;
const ending = '.log';

/** The logs of all that was started in a control plane's folder, by name; none while there is no such folder. */
export async function componentLogs(folder: string): Promise<{ readonly name: string; readonly file: string }[]> {
  const logs = join(folder, 'logs');
  if (!existsSync(logs)) return [];
  const names = (await readdir(logs))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length));
  return names.sort().map((name) => ({ name, file: join(logs, `${name}${ending}`) }));
}

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
