import { problemOf } from '../local/names/checks.js';
import type { HostsConflict } from '../local/names/hosts-block.js';
import type { HostsChange, HostsResult, HostsStatus } from '../usecases/hosts.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** What will be written, before anybody is asked. */
export function hostsChangeText({ file, environment, change, block }: HostsChange, { paint }: Style): string {
  if (change === 'remove') return `The block of ${environment} in ${file} will be removed.`;
  const verb = change === 'add' ? 'added to' : 'replaced in';
  return `This block will be ${verb} ${file}:\n\n${paint('dim', block)}\n`;
}

/** What became of it. */
export function hostsResultText(result: HostsResult, style: Style): string {
  const { file, environment, change, names, conflicts, changed } = result;
  const { paint, symbols } = style;
  const done = `${paint('green', symbols.done)} `;
  const lines = changed
    ? change === 'remove'
      ? [`${done}the block of ${environment} is gone from ${file}`]
      : [`${done}${names.join(', ')} ${names.length === 1 ? 'leads' : 'lead'} to this machine by ${file}`]
    : names.length > 0
      ? [`${done}${file} has the names of ${environment} already`]
      : [`${done}nothing to write: ${file} has no names of ${environment}, and needs none`];
  return [...lines, ...conflicts.map((conflict) => conflictText(conflict, file, style))].join('\n');
}

/** The environment's names: where they lead, and whether the hosts file has them. */
export function hostsStatusText(status: HostsStatus, style: Style): string {
  const { file, environment, written, served, conflicts, environments, problem } = status;
  const { paint, symbols } = style;
  const rows = (served ?? []).map(({ name, resolution, isWritten }) => {
    const wrong = problemOf(name, resolution);
    const symbol = wrong === undefined ? paint('green', symbols.done) : paint('yellow', symbols.warning);
    return [`${symbol} ${name}`, wrong ?? 'leads to this machine', isWritten ? paint('dim', `in ${file}`) : ''];
  });
  const superfluous = served ? written.filter((name) => !served.some((one) => one.name === name)) : [];
  const others = environments.filter((name) => name !== environment);
  const canBeMended = (served ?? []).some(
    ({ name, resolution }) =>
      problemOf(name, resolution) !== undefined && !conflicts.some((conflict) => conflict.name === name),
  );
  return [
    ...(rows.length > 0 ? [table(rows)] : []),
    ...(served
      ? []
      : [written.length > 0 ? `in ${file}: ${written.join(', ')}` : `${file} has no names of ${environment}`]),
    ...(superfluous.length > 0 ? [`no longer served, but in ${file}: ${superfluous.join(', ')}`] : []),
    ...conflicts.map((conflict) => conflictText(conflict, file, style)),
    ...(problem === undefined ? [] : [paint('yellow', `${symbols.warning} ${problem}`)]),
    ...(others.length > 0 ? [paint('dim', `${file} also has blocks of ${others.join(', ')}`)] : []),
    ...(canBeMended || superfluous.length > 0 ? [`${symbols.next} \`platform hosts apply\` puts this right`] : []),
  ].join('\n');
}

function conflictText({ name, address, line }: HostsConflict, file: string, { paint, symbols }: Style): string {
  return paint(
    'yellow',
    `${symbols.warning} ${name} is left as it is: line ${String(line)} of ${file} leads it to ${address}`,
  );
}
