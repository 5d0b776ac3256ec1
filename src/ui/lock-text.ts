import { basename } from 'node:path';
import { withFlag } from '../environment/parts.js';
import type { Move, ReleaseChange } from '../releases/lock/lock-changes.js';
import type { LockResult } from '../usecases/lock.js';
import type { Style } from './style.js';
import { table } from './table.js';

/** Digits of a digest that tell two apart. */
const digestDigits = 12;
/** More names than that are counted, not listed. */
const namesShown = 8;

/** What a lock became, or would become, and what one should know of it. */
export function lockText(result: LockResult, style: Style, mode: 'write' | 'check'): string {
  const { changes, leftOut, unchecked, mutable, unresolved } = result;
  const { symbols } = style;
  return [
    ...changes.map((change) => changeText(change, style)),
    ...section(
      'Images whose tag can move',
      mutable.map(({ release, image, why }) => [release, image, why]),
      style,
    ),
    ...section('Images without a digest', reasons(unresolved), style),
    ...section(
      'Taken as they were locked',
      unchecked.map(({ release, reason }) => [release, reason]),
      style,
    ),
    [
      ...leftOut.map(({ target, reason }) => `${symbols.warning} not for ${target}: ${reason}`),
      headline(result, style, mode),
      ...(mode === 'check' && !result.upToDate ? [`${symbols.next} platform lock${withFlag(result)}`] : []),
    ].join('\n'),
  ].join('\n\n');
}

function headline({ file, releases, targets, changes, upToDate }: LockResult, style: Style, mode: 'write' | 'check') {
  const { paint, symbols } = style;
  const name = basename(file);
  const all = `${count(releases, 'release')} for ${targets.join(' and ')}`;
  if (upToDate) return `${paint('green', symbols.done)} ${name} is up to date: ${all}`;
  if (mode === 'write') return `${paint('green', symbols.done)} wrote ${file}: ${all}`;
  const what =
    changes.length > 0 ? count(changes.length, 'change') : 'edited by hand, or written by another version of platform';
  return `${paint('yellow', symbols.warning)} ${name} is not up to date: ${what}`;
}

function changeText(change: ReleaseChange, style: Style): string {
  const { release, reason } = change;
  const title = `${style.paint('bold', release)} ${change.change}${reason === undefined ? '' : `: ${reason}`}`;
  const rows = [
    ...(['version', 'appVersion', 'kubernetes', 'helm'] as const).flatMap((key) => moveRow(key, change[key], style)),
    ...moveRow('digest', shortMove(change.digest), style),
    ...(change.crds?.changed ? [['crds', 'the same names, another content']] : []),
    ...nameRows('crds', change.crds),
    ...nameRows('uses', change.uses),
    ...nameRows('images', change.images),
    ...(change.images?.moved ?? []).flatMap(({ image, ...move }) => moveRow(image, shortMove(move), style)),
    ...(change.goneKeys ? [['values', `the chart no longer knows ${change.goneKeys.join(', ')}`]] : []),
    ...(change.goneKeysUnknown === undefined ? [] : [['values', `not compared: ${change.goneKeysUnknown}`]]),
  ];
  return rows.length === 0 ? title : `${title}\n${table(rows, { indent: 2 })}`;
}

function moveRow(what: string, move: Move | undefined, { symbols }: Style): string[][] {
  if (!move) return [];
  const { from, to } = move;
  return [[what, from === null ? (to ?? '') : `${from} ${symbols.next} ${to ?? 'none'}`]];
}

function shortMove(move: Move | undefined): Move | undefined {
  return move && { from: shortDigest(move.from), to: shortDigest(move.to) };
}

function shortDigest(digest: string | null): string | null {
  return digest === null ? null : digest.slice(0, 'sha256:'.length + digestDigits);
}

function nameRows(
  what: string,
  change: { readonly added: readonly string[]; readonly removed: readonly string[] } | undefined,
): string[][] {
  const row = (sign: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : names.length > namesShown
        ? [[what, `${sign}${String(names.length)}`]]
        : names.map((name) => [what, `${sign} ${name}`]);
  return change ? [...row('+', change.added), ...row('-', change.removed)] : [];
}

// One silent registry is one reason for many images.
function reasons(unresolved: LockResult['unresolved']): string[][] {
  const byReason = new Map<string, string[]>();
  for (const { image, reason } of unresolved) byReason.set(reason, [...(byReason.get(reason) ?? []), image]);
  return [...byReason].map(([reason, [first = '', ...rest]]) => [
    rest.length === 0 ? first : `${first} and ${String(rest.length)} more`,
    reason,
  ]);
}

function section(title: string, rows: readonly (readonly string[])[], { paint }: Style): string[] {
  return rows.length === 0 ? [] : [`${paint('bold', title)}\n${table(rows, { indent: 2 })}`];
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
